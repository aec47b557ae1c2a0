using MailProxy.Store.Engine.Files.Repeats;

namespace MailProxy.Store.Moves.Export;

/// <summary>
/// The answer of <c>GET /moves/users/{user}/export/taken?after=&amp;since=</c>: the copies that the user took lately, with digests above <c>after</c> (hexadecimal), not before
/// <c>since</c> (an earlier answer's <c>Now</c>, or less; left out: of a whole day).
/// </summary>
/// <param name="Copies">In the order of their digests.</param>
/// <param name="IsLast">Nothing follows.</param>
/// <param name="Now">The source's clock: seconds since 1970; null: a source that reads no <c>since</c>.</param>
public sealed record ExportTaken(IReadOnlyList<TakenCopy> Copies, bool IsLast, long? Now = null);
