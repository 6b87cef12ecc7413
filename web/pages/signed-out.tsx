import { Link } from '@tanstack/react-router';
import { Page, Section } from '../parts/page.tsx';
import { PasskeyEntrance } from '../parts/passkey-entrance.tsx';

export function SignedOut() {
  return (
    <Page title="You are not signed in">
      <div className="max-w-prose">
        <p className="mb-4">
          This desk is opened by a passkey, or by a one-time link: made for one person, good for fifteen minutes, used once. There are no
          passwords.
        </p>
        <PasskeyEntrance />
        <Section title="How to get a link">
          <ul className="list-disc ps-5">
            <li>Ask a coordinator of this clearinghouse. They make one for you and send it however you both trust.</li>
            <li>
              If you run this hub: <code>bin/breakwater link you@example.org</code> in its directory, by the e-mail you gave. It prints a
              link.
            </li>
            <li>
              If you are a coordinator with a token: <code>bin/breakwater orgs issue-link --person-id psn_…</code>, then open{' '}
              <code>/enter#</code> followed by the secret.
            </li>
            <li>If this hub is new and nobody has signed in: open the link that it printed when it started.</li>
          </ul>
        </Section>
        <Section title="Without signing in">
          <ul className="list-disc ps-5">
            <li>
              <Link to="/log">The log</Link>: everything that happened here, as one chain; what you are not cleared for is withheld.
            </li>
            <li>
              <a href="/public/">Published advisories</a> and the signed feed.
            </li>
          </ul>
        </Section>
      </div>
    </Page>
  );
}
