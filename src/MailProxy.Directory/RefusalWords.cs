namespace MailProxy.Directory;

/// <summary>How the directory wants a refusal to be told.</summary>
/// <param name="Text">For the user to read: printable ASCII, one line, not empty.</param>
/// <param name="Wait">The answer is held back so long, and the client may try again then; null: it is told, and the connection ends.</param>
/// <param name="SmtpCode">Code and perhaps enhanced status for SMTP (<c>535 5.7.8</c>); null: the failure's own.</param>
public sealed record RefusalWords(string Text, TimeSpan? Wait, string? SmtpCode);
