// `lightning-quick-action-panel`: the frame of a screen action.
import { LightningElement, api } from 'lwc';

export default class QuickActionPanel extends LightningElement {
  @api header;
}
