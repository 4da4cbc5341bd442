import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { applyStoredScheme } from './app/colorScheme';
import { cspNonce, prepareStyles } from './app/csp';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './app/global.css';

applyStoredScheme();
const nonce = cspNonce();
prepareStyles(nonce);
createRoot(document.getElementById('root')!).render(<App nonce={nonce} />);
