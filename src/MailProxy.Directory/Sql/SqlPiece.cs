namespace MailProxy.Directory.Sql;

/// <summary>A stretch of a query: text, or a parameter.</summary>
/// <param name="Text">As written; for a parameter its name without the at sign.</param>
/// <param name="Parameter">Null for text, and for a parameter there is none of.</param>
/// <param name="IsParameter">An at sign and a name stood there.</param>
internal sealed record SqlPiece(string Text, SqlParameter? Parameter, bool IsParameter);
