namespace MailProxy.Directory.Sql;

/// <summary>Why there is no answer.</summary>
/// <param name="Text">One sentence for the log and for readiness. Holds no secret and no password.</param>
/// <param name="IsOfQuestion">It is a matter of this one user or address (bad data, no room): others may well be answered.</param>
internal sealed record SqlFault(string Text, bool IsOfQuestion = false);
