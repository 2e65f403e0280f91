/** A refusal of AWS Secrets Manager: the error's name, and a sentence that never holds a secret's value. */
export class AwsError extends Error {
  /** The HTTP status of the answer: AWS has 500 for its own faults and 400 for all others. */
  readonly status: 400 | 500;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
    this.status = name === "InternalServiceError" ? 500 : 400;
  }
}

export const invalidParameter = (message: string) => new AwsError("InvalidParameterException", message);
export const invalidRequest = (message: string) => new AwsError("InvalidRequestException", message);
export const notFound = (message: string) => new AwsError("ResourceNotFoundException", message);
export const alreadyExists = (message: string) => new AwsError("ResourceExistsException", message);
export const limitExceeded = (message: string) => new AwsError("LimitExceededException", message);
