namespace MailProxy.Store.Lmtp;

/// <summary>One reply with its enhanced status code (RFC 2034, RFC 3463).</summary>
/// <param name="Code">200 to 599.</param>
/// <param name="Text">Enhanced code and text.</param>
internal sealed record LmtpReply(int Code, string Text)
{
    /// <summary>2xx or 3xx.</summary>
    public bool IsPositive => Code < 400;
}
