namespace MailProxy.Store.Engine.Files.Repeats;

/// <summary>That a user took a copy of a message.</summary>
/// <param name="Digest">What it is known by, 32 octets.</param>
/// <param name="Seconds">When, in seconds of Unix time.</param>
public sealed record TakenCopy(byte[] Digest, long Seconds);
