// One seed of one fleet in a process of its own: two run beside each other, and the virtual globals are nobody else's.
import { answer, argument } from './ownProcess.ts';
import { playSeed, type PeerRound } from './peerRound.ts';

answer(await playSeed(argument<PeerRound>()));
