using MailProxy.Store.Engine.Files.Repeats;

namespace MailProxy.Store.Moves.Export;

/// <summary>The answer of <c>GET /moves/users/{user}/export/taken?after=</c>: the copies that the user took lately, with digests above <c>after</c> (hexadecimal).</summary>
/// <param name="Copies">In the order of their digests.</param>
/// <param name="IsLast">Nothing follows.</param>
public sealed record ExportTaken(IReadOnlyList<TakenCopy> Copies, bool IsLast);
