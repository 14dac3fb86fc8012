// Starts the page: reads what the server wrote into it and draws the frame around record, list, settings or home.
import { createRoot } from 'react-dom/client';
import { Alerts, FrameDialog } from './actions.tsx';
import type { PageData } from './bridge.ts';
import { Cards, RecordPage } from './record-view.tsx';

function TopBar({ page }: { page: PageData }) {
  const change = (userId: string) => {
    const next = new URL(location.href);
    next.searchParams.set('user', userId);
    location.assign(next);
  };
  return (
    <header className="top">
      <a className="brand" href="/">
        HubSpot <span className="badge">stand-in</span>
      </a>
      <nav aria-label="Lists">
        {page.lists.map((list) => (
          <a key={list.href} href={list.href}>
            {list.title}
          </a>
        ))}
        <a href={`/home/${page.portal.id}?user=${page.user.id}`}>{page.app.name}</a>
        <a href={`/settings/${page.portal.id}?user=${page.user.id}`}>Settings</a>
      </nav>
      <label className="who">
        <span>{page.portal.name}</span>
        <span className="visually-hidden">Signed in as</span>
        <select value={String(page.user.id)} onChange={(event) => change(event.target.value)}>
          {page.users.map((user) => (
            <option key={user.id} value={String(user.id)}>
              {user.name}
            </option>
          ))}
        </select>
      </label>
    </header>
  );
}

const ListPage = ({ page }: { page: PageData }) => (
  <main className="wide">
    <h1>{page.title}</h1>
    <div className="table bordered">
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Details</th>
            <th scope="col">Record id</th>
          </tr>
        </thead>
        <tbody>
          {(page.list ?? []).map((item) => (
            <tr key={item.id}>
              <td>
                <a href={item.href}>{item.name}</a>
              </td>
              <td>{item.detail}</td>
              <td>{item.id}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  </main>
);

const AppPage = ({ page }: { page: PageData }) => (
  <main className="wide">
    <h1>{page.title}</h1>
    <Cards cards={page.cards} page={page} />
    {page.cards.length === 0 && <p>The app has nothing to show here.</p>}
  </main>
);

const Body = ({ page }: { page: PageData }) =>
  page.record ? <RecordPage page={page} /> : page.list ? <ListPage page={page} /> : <AppPage page={page} />;

const data = JSON.parse(document.getElementById('page-data')?.textContent ?? '{}') as PageData;
const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <>
      <TopBar page={data} />
      <Alerts />
      <Body page={data} />
      <FrameDialog />
    </>,
  );
