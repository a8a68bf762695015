import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { bits, context, integer, octets, oid, sequence, set, utcTime, utf8, yes } from './der.ts';

/** A throw-away authority and a certificate for this machine's loopback names; PEM texts. */
interface LoopbackCertificate {
  /** What clients must trust. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

interface Party {
  readonly name: string;
  readonly publicKey: KeyObject;
}

interface Authority extends Party {
  readonly privateKey: KeyObject;
}

/**
 * Makes a new authority each time; valid for 30 days, from an hour before `now`.
 *
 * Written by hand because strict verifiers (OpenSSL's X509_STRICT, the default of Python 3.13) demand subject and
 * authority key identifiers, which certificate packages leave out.
 *
 * @see RFC 5280 §4.2
 */
export function createLoopbackCertificate(now: Date): LoopbackCertificate {
  const authority: Authority = { name: 'ARM simulator authority', ...newKeys() };
  const leaf: Authority = { name: 'localhost', ...newKeys() };
  return {
    ca: pem(certificate(authority, authority, now, authorityExtensions)),
    cert: pem(certificate(leaf, authority, now, leafExtensions)),
    key: leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

const newKeys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

const pem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${(der.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`;

const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'));

function certificate(subject: Party, issuer: Authority, now: Date, own: readonly Buffer[]): Buffer {
  const day = 86_400_000;
  const body = sequence(
    context(0, integer(Buffer.from([2])), true),
    integer(Buffer.concat([Buffer.from([0x40]), randomBytes(15)])),
    ecdsaWithSha256,
    distinguishedName(issuer),
    sequence(utcTime(new Date(now.getTime() - 3_600_000)), utcTime(new Date(now.getTime() + 30 * day))),
    distinguishedName(subject),
    subjectKey(subject),
    context(3, sequence(...own, subjectKeyIdentifier(subject), authorityKeyIdentifier(issuer)), true),
  );
  return sequence(body, ecdsaWithSha256, bits(sign('sha256', body, issuer.privateKey)));
}

const distinguishedName = ({ name }: Party): Buffer => sequence(set(sequence(oid('2.5.4.3'), utf8(name))));

const subjectKey = ({ publicKey }: Party): Buffer => publicKey.export({ type: 'spki', format: 'der' });

const keyIdentifier = (party: Party): Buffer => createHash('sha1').update(subjectKey(party)).digest();

const subjectKeyIdentifier = (party: Party): Buffer => extension('2.5.29.14', octets(keyIdentifier(party)));

const authorityKeyIdentifier = (issuer: Party): Buffer =>
  extension('2.5.29.35', sequence(context(0, keyIdentifier(issuer))));

const extension = (id: string, value: Buffer): Buffer => sequence(oid(id), octets(value));

const criticalExtension = (id: string, value: Buffer): Buffer => sequence(oid(id), yes(), octets(value));

const dnsName = (name: string): Buffer => context(2, Buffer.from(name));

const ipAddress = (bytes: readonly number[]): Buffer => context(7, Buffer.from(bytes));

const authorityExtensions = [
  criticalExtension('2.5.29.19', sequence(yes())),
  criticalExtension('2.5.29.15', bits(Buffer.from([0b0000_0110]), 1)),
];

const loopbackNames = sequence(
  dnsName('localhost'),
  ipAddress([127, 0, 0, 1]),
  ipAddress([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
);

const leafExtensions = [
  criticalExtension('2.5.29.19', sequence()),
  criticalExtension('2.5.29.15', bits(Buffer.from([0b1000_0000]), 7)),
  extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1'))),
  extension('2.5.29.17', loopbackNames),
];
