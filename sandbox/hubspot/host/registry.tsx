// Which of HubSpot's component names is drawn by what; names nobody mapped are drawn as [Name] and can be counted.
import { createController, type ComponentMapping, type Controller } from '@remote-ui/react/host';
import type { ComponentType, ReactNode } from 'react';
import * as buttons from './components-buttons.tsx';
import * as choices from './components-choices.tsx';
import * as display from './components-display.tsx';
import * as inputs from './components-inputs.tsx';
import * as layout from './components-layout.tsx';
import * as states from './components-states.tsx';
import * as tables from './components-table.tsx';
import * as tabs from './components-tabs.tsx';
import { Modal, OverlayBody, OverlayFooter, Panel, PanelSection } from './overlays.tsx';

const components: ComponentMapping = {
  ...buttons,
  ...choices,
  ...display,
  ...inputs,
  ...layout,
  ...states,
  ...tables,
  ...tabs,
  LoadingButton: buttons.Button,
  List: layout.ListView,
  Textarea: inputs.TextArea,
  StepperInput: inputs.NumberInput,
  Modal,
  ModalBody: OverlayBody,
  ModalFooter: OverlayFooter,
  Panel,
  PanelBody: OverlayBody,
  PanelFooter: OverlayFooter,
  PanelSection,
};

const strangers = new Map<string, ComponentType<{ children?: ReactNode }>>();

function unmapped(name: string): ComponentType<{ children?: ReactNode }> {
  const known = strangers.get(name);
  if (known) return known;
  const Unmapped = ({ children }: { children?: ReactNode }) => (
    <div className="unmapped" data-unmapped={name}>
      [{name}]{children}
    </div>
  );
  strangers.set(name, Unmapped);
  return Unmapped;
}

const mapped = createController(components);

/** Draws any remote component by its name. */
export const controller: Controller = {
  ...mapped,
  get: (type) => (String(type) in components ? mapped.get(type) : unmapped(String(type))),
};
