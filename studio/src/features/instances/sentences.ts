/** The history of an instance as sentences: what happened to which element, and who did it. */
import type { HistoryItem } from '../../shared/api/types';
import { preview } from '../../shared/format/json';
import { clockTime, exactTime } from '../../shared/format/time';
import { decided } from './decided';

export type SentenceTone = 'active' | 'ok' | 'danger' | 'quiet';

export interface Sentence {
  text: string;
  detail?: string;
  tone: SentenceTone;
  /** Steps of the machinery that a first look does not need. */
  minor: boolean;
  /** The evaluation of a decision, to look at in full. */
  evaluation?: { decision: string; key: string };
}

type Data = Record<string, unknown>;

export function sentence(item: HistoryItem): Sentence {
  const data: Data = item.data ?? {};
  const element = item.elementName || item.elementId || 'The element';
  const by = item.actor && !['engine', 'anonymous', ''].includes(item.actor) ? ` by ${item.actor}` : '';
  const say = (text: string, more: Partial<Sentence> = {}): Sentence => ({ text, tone: 'quiet', minor: false, ...more });
  const text = (name: string) => (typeof data[name] === 'string' ? (data[name] as string) : '');
  const time = (name: string) => exactTime(data[name] as number);

  switch (item.event) {
    case 'InstanceCreated':
      return say(by ? `The instance was started${by}` : 'The instance started', { tone: 'active', detail: variableList(data.variables) });
    case 'InstanceCompleted':
      return say('The instance completed', { tone: 'ok' });
    case 'InstanceTerminated':
      return say(`The instance was cancelled${by}`);
    case 'InstanceSuspended':
      return say(`The instance was suspended${by}`, { tone: 'danger' });
    case 'InstanceResumed':
      return say(`The instance was resumed${by}`, { tone: 'active' });
    case 'InstanceModified':
      return say(`Tokens were moved${by}`, { tone: 'active' });
    case 'InstanceMigrated':
      return say(`The instance goes on with version ${String(data.version ?? '?')}${by}`, { tone: 'active', detail: mappingList(data.elements) });
    case 'InstanceDeleted':
      return say(`The instance was deleted${by}`);
    case 'CommandParked':
      return say('Something came for the suspended instance and is kept', { minor: true });
    case 'ElementActivating':
      return say(`${element} begins`, { minor: true });
    case 'ElementActivated':
      return say(`${element} became active`, { tone: 'active' });
    case 'ElementCompleting':
      return say(`${element} finishes its work`, { minor: true });
    case 'ElementCompleted':
      return say(`${element} completed`, { tone: 'ok' });
    case 'ElementTerminating':
      return say(`${element} is being ended`, { minor: true });
    case 'ElementTerminated':
      return say(`${element} was ended`);
    case 'ElementPassed':
      return say(`The token passed ${element}`, { tone: 'ok' });
    case 'ElementListened':
      return say(`The listeners of ${element} are through`, { minor: true });
    case 'LoopStarted':
      return say(Number(data.total) > 0 ? `${element} runs ${String(data.total)} times` : `${element} begins to repeat`, { minor: true });
    case 'IterationStarted':
      return say(`${element} began, number ${String(data.counter ?? '?')}`, { tone: 'active' });
    case 'IterationEnded':
      return say(`Number ${String(data.counter ?? '?')} of ${element} ${data.completed === false ? 'was ended' : 'is done'}`, { minor: true });
    case 'IterationAdded':
      return say(`${element} was given one more to do${by}`, { tone: 'active' });
    case 'InnerStarted':
      return say(`An activity of ${element} was chosen`, { minor: true });
    case 'AdHocFulfilled':
      return say(`No more activities of ${element} are chosen`, { minor: true });
    case 'ScopeInterrupted':
      return say(`An event interrupted ${element}`, { tone: 'active' });
    case 'ConditionOpened':
      return say(`${element} waits for its condition`);
    case 'ConditionChanged':
      return say(`The condition of ${element} is ${data.holds === true ? 'true' : 'false'} now`, { tone: data.holds === true ? 'active' : 'quiet' });
    case 'ConditionClosed':
      return say(`${element} no longer waits for its condition`, { minor: true });
    case 'EventOccurred':
      return say(`One of the events that ${element} waits for occurred`, { tone: 'active' });
    case 'EventsReset':
      return say(`${element} waits for all of its events again`, { minor: true });
    case 'EscalationThrown':
      return say(`The escalation ${text('code')} left ${element}${caught(data.caughtBy) ? ' and was caught' : ' and nothing catches it'}`);
    case 'ComplexGatewayActivated':
      return say(`${element} let its first tokens through`, { tone: 'active' });
    case 'ComplexGatewayReset':
      return say(`${element} begins anew`, { minor: true });
    case 'CompensationRegistered':
      return say(`${element} can be compensated`, { minor: true });
    case 'CompensationStarted':
      return say(`Compensation began at ${element}`, { tone: 'active' });
    case 'CompensationHandling':
      return say(`${element} compensates`, { tone: 'active' });
    case 'CompensationEnded':
      return say('The compensation is done', { tone: 'ok' });
    case 'CallStarted':
      return say(`${element} called another process`, { tone: 'active', detail: text('instance') && `Instance ${text('instance')}` });
    case 'SequenceFlowTaken':
      return say(item.elementName ? `The token took the path “${item.elementName}”` : 'The token moved on', { minor: !item.elementName });
    case 'JoinFired':
      return say(`${element} has all its tokens`, { minor: true });
    case 'VariablesSet':
      if (item.elementId && item.command !== 'SetVariables') {
        return say(`${element} was given ${nameList(data.variables)}`, { minor: true, detail: variableList(data.variables) });
      }
      return say(variableSentence(data.variables, by), { detail: variableList(data.variables) });
    case 'JobCreated':
      return say(`Work for ${element} is offered to workers${text('jobType') && ` of type ${text('jobType')}`}`, { detail: retries(data.retries) });
    case 'JobActivated':
      return say(`A worker${text('worker') ? ` (${text('worker')})` : ''} took the job of ${element}`, { minor: true });
    case 'JobTimedOut':
      return say(`The worker of ${element} did not answer in time; the job is offered again`, { tone: 'danger' });
    case 'JobFailed':
      return say(`${element} failed; ${Number(data.retries) > 0 ? `${String(data.retries)} tries are left` : 'no tries are left'}`, {
        tone: 'danger',
        detail: [text('message'), Number(data.retryAt) > 0 ? `Next try at ${clockTime(data.retryAt as number)}.` : ''].filter(Boolean).join('\n'),
      });
    case 'JobRetried':
      return say(`The job of ${element} is offered again`);
    case 'JobUpdated':
      return say(`The job of ${element} was changed${by}`, { detail: retries(data.retries) });
    case 'JobErrorThrown':
      return say(`${element} ended with the business error ${text('code')}`.trim(), { tone: 'danger', detail: text('message') });
    case 'JobCompleted':
      return say(`The job of ${element} was completed${by}`, { tone: 'ok', minor: true });
    case 'JobCanceled':
      return say(`The job of ${element} is no longer wanted`, { minor: true });
    case 'DecisionEvaluated':
      return { ...say(''), ...decided(data.evaluation, element) };
    case 'TimerScheduled':
      return say(`A timer of ${element} runs${time('due') && ` until ${time('due')}`}`);
    case 'TimerTriggered':
      return say(`The timer of ${element} fired`, { tone: 'active' });
    case 'TimerCanceled':
      return say(`The timer of ${element} was taken away`, { minor: true });
    case 'SubscriptionOpened':
      return say(`${element} waits for the ${data.signal === true ? 'signal' : 'message'} ${text('name')}`.trim(), { detail: text('correlationKey') && `Correlation key ${text('correlationKey')}` });
    case 'SubscriptionCorrelated':
      return say(`The message for ${element} arrived`, { tone: 'active' });
    case 'SubscriptionClosed':
      return say(`${element} no longer waits for a message`, { minor: true });
    case 'IncidentCreated':
      return say(`${element} is stuck`, { tone: 'danger', detail: text('message') });
    case 'IncidentResolved':
      return say(`The incident at ${element} was resolved${by}`, { tone: 'ok' });
    case 'UserTaskCreating':
      return say(`The task ${element} is being prepared`, { minor: true });
    case 'UserTaskCreated':
      return say(`The task ${element} waits for someone`, { tone: 'active' });
    case 'UserTaskAssigned':
      return say(text('assignee') ? `The task ${element} was given to ${text('assignee')}` : `The task ${element} was given back`);
    case 'UserTaskUpdated':
      return say(`The task ${element} was changed${by}`);
    case 'UserTaskTransition':
      return say(`The task ${element} is about to change`, { minor: true });
    case 'UserTaskCorrected':
      return say(`A listener corrected the change of ${element}`);
    case 'UserTaskDenied':
      return say(`A listener refused the change of ${element}`, { tone: 'danger', detail: text('reason') });
    case 'UserTaskCompleted':
      return say(`The task ${element} was completed${by}`, { tone: 'ok' });
    case 'UserTaskCanceled':
      return say(`The task ${element} is no longer wanted`);
    case 'ErrorThrown':
      return say(`The error ${text('code')} left ${element}${caught(data.caughtBy) ? ' and was caught' : ' and nothing catches it'}`, {
        tone: 'danger',
        detail: text('message'),
      });
    case 'Erased':
      return say('What happened here was erased');
    case 'KeyBlockAssigned':
    case 'ContinuationScheduled':
    case 'ContinuationTaken':
    case 'CommandSent':
      return say(words(item.event), { minor: true });
    default:
      return say(`${words(item.event)}${item.elementId ? `: ${element}` : ''}`);
  }
}

/** What caught an error or escalation: an element's id, or its number where the element is not known. */
function caught(by: unknown): boolean {
  return typeof by === 'string' || Number(by) > 0;
}

/** Elements before and after a migration, where they differ. */
function mappingList(value: unknown): string {
  return pairs(value).flatMap(([from, to]) => (from === to ? [] : [`${from} → ${String(to)}`])).join('\n');
}

function retries(value: unknown): string {
  return typeof value === 'number' ? `${value} ${value === 1 ? 'try' : 'tries'}` : '';
}

/** Variables come as pairs of name and value, or as an object. */
function pairs(value: unknown): [string, unknown][] {
  if (Array.isArray(value)) {
    return value.flatMap((each): [string, unknown][] => (Array.isArray(each) && typeof each[0] === 'string' ? [[each[0], each[1]]] : []));
  }
  return value && typeof value === 'object' ? Object.entries(value) : [];
}

function variableSentence(value: unknown, by: string): string {
  const names = pairs(value).map(([name]) => name);
  return `${nameList(value)} ${names.length === 1 ? 'was' : 'were'} set${by}`;
}

function nameList(value: unknown): string {
  const names = pairs(value).map(([name]) => name);
  if (names.length === 0) return 'variables';
  return names.slice(0, 4).join(', ') + (names.length > 4 ? ` and ${names.length - 4} more` : '');
}

function variableList(value: unknown): string {
  return pairs(value).map(([name, json]) => `${name} = ${preview(JSON.stringify(json) ?? 'null', 160)}`).join('\n');
}

/** `TimerScheduled` as "Timer scheduled". */
function words(name: string): string {
  const spaced = name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
