import { runFleet } from './fleetCase.ts';
const [n = '100', v = '1', len = '600', quota = 'bucket'] = process.argv.slice(2);
console.log(
  await runFleet({
    name: 'try',
    backups: Number(n),
    vaults: Number(v),
    jobSeconds: len === 'logNormal' ? len : Number(len),
    quota: quota as 'bucket',
  }),
);
