// Amplify v6 (@aws-amplify/auth) against a user pool: signs up, confirms, signs in by password and by
// SRP, refreshes, changes and recovers the password, and signs out. The pool is the built-in one of a
// server at CRUDDUR_TEST_POOL whose outbox is a file. Run by system/pool_test.py.
import assert from 'node:assert/strict';
import {webcrypto} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {fileURLToPath} from 'node:url';

globalThis.crypto ??= webcrypto;  // what browsers have and Node 18 hasn't

const require = createRequire(fileURLToPath(new URL('../node/', import.meta.url)));
const {Amplify, fetchAuthSession} = require('@aws-amplify/core');
const auth = require('@aws-amplify/auth');
const {cognitoCredentialsProvider, cognitoUserPoolsTokenProvider} =
    require('@aws-amplify/auth/cognito');

// What Amplify says, as a browser's page would see it.
const requests = [];
const send = globalThis.fetch;
globalThis.fetch = (url, options) => {
  requests.push(new Headers(options?.headers).get('x-amz-target')?.split('.').at(-1));
  return send(url, options);
};

const config = {
  Cognito: {
    userPoolId: 'local_cruddur',
    userPoolClientId: 'cruddurlocalclient',
    userPoolEndpoint: process.env.CRUDDUR_TEST_POOL,
  },
};
cognitoUserPoolsTokenProvider.setAuthConfig(config);
Amplify.configure(
    {Auth: config},
    {Auth: {tokenProvider: cognitoUserPoolsTokenProvider, credentialsProvider: cognitoCredentialsProvider}});

const name = process.env.CRUDDUR_TEST_USER, password = process.env.CRUDDUR_TEST_PASSWORD;
for (const authFlowType of ['USER_PASSWORD_AUTH', 'USER_SRP_AUTH']) {
  for (const username of [name, `${name}@example.com`]) {
    const signedIn = await auth.signIn({username, password, options: {authFlowType}});
    assert.equal(signedIn.nextStep.signInStep, 'DONE');
    const first = (await fetchAuthSession()).tokens;
    assert.equal(first.accessToken.payload.token_use, 'access');
    assert.equal(first.idToken.payload.preferred_username, name);
    assert.equal((await auth.fetchUserAttributes()).email, `${name}@example.com`);

    // Twice: the second refresh brings the token that the first one gave.
    let before = first;
    for (let times = 0; times < 2; ++times) {
      const now = (await fetchAuthSession({forceRefresh: true})).tokens;
      assert.equal(requests.at(-1), 'GetTokensFromRefreshToken');
      assert.notEqual(now.accessToken.toString(), before.accessToken.toString());
      assert.equal(now.accessToken.payload.origin_jti, first.accessToken.payload.origin_jti);
      before = now;
    }
    await auth.signOut({global: true});
    assert.equal((await fetchAuthSession()).tokens, undefined);
  }
  await assert.rejects(
      auth.signIn({username: name, password: 'Wrong-Horse7', options: {authFlowType}}),
      {name: 'NotAuthorizedException', message: 'Incorrect username or password.'});
}

// A life of one's own, in the flow that Amplify takes by itself: SRP.
const email = 'amplified@example.com';
const lastCode = () => readFileSync(process.env.CRUDDUR_TEST_OUTBOX, 'utf8')
                           .trim()
                           .split('\n')
                           .map((line) => JSON.parse(line))
                           .filter((mail) => mail.to === email)
                           .at(-1)
                           .code;
const signedUp = await auth.signUp({
  username: email,
  password: 'First-Horse1',
  options: {userAttributes: {email, name: 'Amplified', preferred_username: 'amplified'}},
});
assert.equal(signedUp.nextStep.signUpStep, 'CONFIRM_SIGN_UP');
assert.equal(signedUp.nextStep.codeDeliveryDetails.destination, 'a***@e***');
// With the handle Amplify learns that the address is to be confirmed first.
const unconfirmed = await auth.signIn({username: 'amplified', password: 'First-Horse1'});
assert.equal(unconfirmed.nextStep.signInStep, 'CONFIRM_SIGN_UP');
await assert.rejects(auth.confirmSignUp({username: email, confirmationCode: '12345'}),
                     {name: 'CodeMismatchException'});
await auth.resendSignUpCode({username: email});
const confirmed = await auth.confirmSignUp({username: email, confirmationCode: lastCode()});
assert.equal(confirmed.isSignUpComplete, true);

await auth.signIn({username: email, password: 'First-Horse1'});
await auth.updatePassword({oldPassword: 'First-Horse1', newPassword: 'Second-Horse2'});
await auth.signOut();
const reset = await auth.resetPassword({username: email});
assert.equal(reset.nextStep.resetPasswordStep, 'CONFIRM_RESET_PASSWORD_WITH_CODE');
await auth.confirmResetPassword(
    {username: email, confirmationCode: lastCode(), newPassword: 'Third-Horse3'});
await assert.rejects(auth.signIn({username: email, password: 'Second-Horse2'}),
                     {name: 'NotAuthorizedException'});
await auth.signIn({username: email, password: 'Third-Horse3'});
console.log('Amplify: signed up, in by both flows, refreshed, and out');
