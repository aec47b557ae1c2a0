namespace MailProxy.Protocols.Imap;

/// <summary>Bounds for one command, in octets.</summary>
/// <param name="Line">Longest stretch between two literals, CRLF included (RFC 7162 4 recommends 8,192; OAuth tokens need more).</param>
/// <param name="Literal">Longest literal that is read into the buffer. A longer one is reported as TooLong with the frame filled, so that APPEND can stream it.</param>
/// <param name="Total">Longest command altogether.</param>
/// <param name="Literals">Most literals in one command.</param>
public sealed record ImapReadLimits(int Line, int Literal, int Total, int Literals)
{
    /// <summary>Before login: LOGIN with two literals, AUTHENTICATE with an initial response of several kilobytes.</summary>
    public static ImapReadLimits BeforeLogin { get; } = new(Line: 12_288, Literal: 4_096, Total: 16_384, Literals: 8);
}
