namespace MailProxy.Store.Engine.Files.Moves;

/// <summary>The names of a staged copy, as the last finished pull found them.</summary>
/// <param name="Names">Every mailbox name.</param>
/// <param name="Subscriptions">Subscribed names.</param>
/// <param name="LastUidValidity">The greatest UIDVALIDITY that the source has given: ours have to be greater from then on.</param>
internal sealed record StagedNames(IReadOnlyList<StagedName> Names, IReadOnlyList<string> Subscriptions, uint LastUidValidity);
