// amazon-cognito-identity-js against a user pool: signs up, confirms, signs in by password and by
// SRP, refreshes, changes the password and signs out. The pool is the built-in one of a server at
// CRUDDUR_TEST_POOL whose outbox is a file. Run by system/pool_test.py.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {fileURLToPath} from 'node:url';

const require = createRequire(fileURLToPath(new URL('../node/', import.meta.url)));
const {AuthenticationDetails, CognitoUser, CognitoUserAttribute, CognitoUserPool} =
    require('amazon-cognito-identity-js');

const pool = new CognitoUserPool({
  UserPoolId: 'local_cruddur',
  ClientId: 'cruddurlocalclient',
  endpoint: process.env.CRUDDUR_TEST_POOL,
});

const called = (begin) => new Promise((resolve, reject) => begin((error, result) => {
                            if (error) reject(error);
                            else resolve(result);
                          }));

function signIn(name, password, flow) {
  const user = new CognitoUser({Username: name, Pool: pool});
  user.setAuthenticationFlowType(flow);
  return new Promise((resolve, reject) => {
    user.authenticateUser(new AuthenticationDetails({Username: name, Password: password}), {
      onSuccess: (session) => resolve({user, session}),
      onFailure: reject,
      newPasswordRequired: () => reject(new Error('a new password is required')),
    });
  });
}

const name = process.env.CRUDDUR_TEST_USER, password = process.env.CRUDDUR_TEST_PASSWORD;
for (const flow of ['USER_PASSWORD_AUTH', 'USER_SRP_AUTH']) {
  for (const typed of [name, `${name}@example.com`]) {
    const {user, session} = await signIn(typed, password, flow);
    assert.equal(session.getIdToken().payload.preferred_username, name);
    assert.equal(session.getAccessToken().payload.token_use, 'access');
    const attributes = await called((done) => user.getUserAttributes(done));
    assert.equal(attributes.find((each) => each.Name === 'email').Value, `${name}@example.com`);
    const refreshed =
        await called((done) => user.refreshSession(session.getRefreshToken(), done));
    assert.equal(refreshed.getRefreshToken().getToken(), session.getRefreshToken().getToken());
    assert.notEqual(refreshed.getAccessToken().getJwtToken(),
                    session.getAccessToken().getJwtToken());
    assert.ok(refreshed.isValid());
  }
  await assert.rejects(signIn(name, 'Wrong-Horse7', flow), {
    code: 'NotAuthorizedException',
    message: 'Incorrect username or password.',
  });
}

// A life of one's own.
const email = 'marcus@example.com';
const attribute = (Name, Value) => new CognitoUserAttribute({Name, Value});
const signedUp = await called((done) => pool.signUp(
                                  email, 'First-Horse1',
                                  [
                                    attribute('email', email),
                                    attribute('preferred_username', 'marcus'),
                                    attribute('name', 'Marcus Cole'),
                                  ],
                                  [], done));
assert.equal(signedUp.userConfirmed, false);
const lastCode = () => readFileSync(process.env.CRUDDUR_TEST_OUTBOX, 'utf8')
                           .trim()
                           .split('\n')
                           .map((line) => JSON.parse(line))
                           .filter((mail) => mail.to === email)
                           .at(-1)
                           .code;
const newcomer = new CognitoUser({Username: email, Pool: pool});
await assert.rejects(called((done) => newcomer.confirmRegistration('12345', false, done)),
                     {code: 'CodeMismatchException'});
await called((done) => newcomer.resendConfirmationCode(done));
assert.equal(await called((done) => newcomer.confirmRegistration(lastCode(), false, done)),
             'SUCCESS');

const {user} = await signIn(email, 'First-Horse1', 'USER_SRP_AUTH');
await called((done) => user.changePassword('First-Horse1', 'Second-Horse2', done));
await new Promise((onSuccess, onFailure) => user.globalSignOut({onSuccess, onFailure}));

await new Promise((resolve, onFailure) => newcomer.forgotPassword({
  onSuccess: resolve,
  inputVerificationCode: resolve,
  onFailure,
}));
await new Promise((onSuccess, onFailure) => newcomer.confirmPassword(lastCode(), 'Third-Horse3',
                                                                     {onSuccess, onFailure}));
await assert.rejects(signIn(email, 'Second-Horse2', 'USER_SRP_AUTH'),
                     {code: 'NotAuthorizedException'});
await signIn(email, 'Third-Horse3', 'USER_SRP_AUTH');
console.log('amazon-cognito-identity-js: signed up, in by both flows, and out');
