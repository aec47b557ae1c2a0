namespace MailProxy.Store.Serving;

/// <summary>A line, or why there is none.</summary>
/// <param name="Status">How the read ended.</param>
/// <param name="Line">Done: without its CRLF; an own copy.</param>
internal readonly record struct LineRead(LineReadStatus Status, byte[] Line);
