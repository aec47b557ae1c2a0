namespace MailProxy.Store.Moves.Export;

/// <summary>The answer of <c>GET /moves/users/{user}/export/{mailbox}?since=&amp;after=</c>: messages with a mod-sequence above <c>since</c> and a UID above <c>after</c>.</summary>
/// <param name="Messages">In UID order.</param>
/// <param name="IsLast">Nothing follows.</param>
public sealed record ExportPage(IReadOnlyList<ExportedMessage> Messages, bool IsLast);
