using System.Buffers;

namespace MailProxy.Protocols.Smtp;

/// <summary>One whole reply, its continuation lines included (RFC 5321 4.2).</summary>
/// <param name="Code">200 to 599.</param>
/// <param name="Lines">The text of each line behind code and separator; at least one, possibly empty.</param>
public sealed record SmtpReply(int Code, IReadOnlyList<string> Lines)
{
    /// <summary>2xx or 3xx.</summary>
    public bool IsPositive => Code < 400;

    /// <summary>Reads one reply from the start of <paramref name="buffer"/>.</summary>
    /// <param name="buffer">Bytes from the server.</param>
    /// <param name="limit">Most octets of the whole reply (not of a line); a server that never ends is TooLong.</param>
    /// <param name="reply">The reply when Done.</param>
    /// <param name="end">Behind the reply's last CRLF.</param>
    public static ReadStatus TryRead(in ReadOnlySequence<byte> buffer, int limit, out SmtpReply? reply, out SequencePosition end) =>
        throw new NotImplementedException();
}
