namespace MailProxy.Store.Engine.Files.Database;

/// <summary>A message in a mailbox.</summary>
/// <param name="Entry">What the protocols see.</param>
/// <param name="Link">Number of its hard link. A move keeps it; a copy gets its own.</param>
internal readonly record struct StoredMessage(MessageEntry Entry, ulong Link);
