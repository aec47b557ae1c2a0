using MailProxy.Store.Engine.Files.Database;
using MailProxy.Store.Engine.Files.State;

namespace MailProxy.Store.Engine.Files.Moves;

/// <summary>What the end of a pull does to one staged mailbox.</summary>
/// <param name="Mailbox">Which.</param>
/// <param name="Counters">Those of the source at the begin of the pull.</param>
/// <param name="Removed">UIDs that are gone at the source.</param>
internal sealed record StagedEnd(MailboxState Mailbox, MailboxCounters Counters, IReadOnlyList<uint> Removed);
