// KMS on this machine: Encrypt and Decrypt for real, with the encryption context bound to the ciphertext.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Emulator } from './emulator-dynamodb.ts';
import { type Answer, serve } from './emulator-http.ts';

interface KmsRequest {
  KeyId?: string;
  Plaintext?: string;
  CiphertextBlob?: string;
  EncryptionContext?: Record<string, string>;
}

const json = (status: number, body: object): Answer => ({
  status,
  type: 'application/x-amz-json-1.1',
  body: JSON.stringify(body),
});
const fault = (name: string) => json(400, { __type: name, message: name });

export const startKms = async (): Promise<Emulator> => {
  const master = randomBytes(32);
  const keyOf = (id: string) => Buffer.from(hkdfSync('sha256', master, '', id, 32));
  const bound = (keyId: string, context: Record<string, string> = {}) =>
    Buffer.from(JSON.stringify([keyId, Object.entries(context).sort()]));

  const operations: Record<string, (request: KmsRequest) => Answer> = {
    'TrentService.Encrypt': ({ KeyId, Plaintext, EncryptionContext }) => {
      if (!KeyId || !Plaintext || Buffer.from(Plaintext, 'base64').length > 4096) return fault('ValidationException');
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', keyOf(KeyId), iv).setAAD(bound(KeyId, EncryptionContext));
      const data = Buffer.concat([cipher.update(Plaintext, 'base64'), cipher.final()]);
      const id = Buffer.from(KeyId);
      const blob = Buffer.concat([Buffer.from([id.length]), id, iv, cipher.getAuthTag(), data]);
      return json(200, { KeyId, CiphertextBlob: blob.toString('base64'), EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' });
    },
    'TrentService.Decrypt': ({ KeyId, CiphertextBlob, EncryptionContext }) => {
      const blob = Buffer.from(CiphertextBlob ?? '', 'base64');
      const at = 1 + (blob[0] ?? 0);
      const id = blob.subarray(1, at).toString();
      if (KeyId !== undefined && KeyId !== id) return fault('IncorrectKeyException');
      try {
        const decipher = createDecipheriv('aes-256-gcm', keyOf(id), blob.subarray(at, at + 12), { authTagLength: 16 })
          .setAAD(bound(id, EncryptionContext))
          .setAuthTag(blob.subarray(at + 12, at + 28));
        const data = Buffer.concat([decipher.update(blob.subarray(at + 28)), decipher.final()]);
        return json(200, { KeyId: id, Plaintext: data.toString('base64'), EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' });
      } catch {
        return fault('InvalidCiphertextException');
      }
    },
  };

  return serve((body, request) => {
    const operation = operations[String(request.headers['x-amz-target'])];
    if (!operation) return fault('UnknownOperationException');
    if (!request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 '))
      return fault('MissingAuthenticationTokenException');
    return operation(JSON.parse(body));
  });
};
