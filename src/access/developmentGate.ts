/** What the environment says about where the app runs. */
export interface Surroundings {
  /** `ACCESS_MODE`. */
  readonly mode?: 'development';
  /** `AZURE_FUNCTIONS_ENVIRONMENT`: `Development` under the local hosts. */
  readonly environment?: string;
  /** `WEBSITE_INSTANCE_ID`: present on Azure, whatever else is set. */
  readonly instanceId?: string;
}

/**
 * Whether the API answers without access control: only where development mode is asked for, on a development machine,
 * and off Azure. Any doubt closes it.
 */
export const isOpenForDevelopment = ({ mode, environment, instanceId }: Surroundings): boolean =>
  mode === 'development' && environment === 'Development' && instanceId === undefined;
