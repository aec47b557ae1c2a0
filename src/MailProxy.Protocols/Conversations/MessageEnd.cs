namespace MailProxy.Protocols.Conversations;

/// <summary>
/// CRLF "." CRLF, however its octets arrive: the end of a multi-line answer (RFC 1939 3) and of a message (RFC 5321 4.1.1.4). The state, which the caller
/// keeps, is how many of the five octets were seen.
/// </summary>
internal static class MessageEnd
{
    /// <summary>The state behind a line's end.</summary>
    public const byte LineStart = 2;

    private static ReadOnlySpan<byte> Mark => "\r\n.\r\n"u8;

    /// <summary>Looks for the end. Returns the octets up to it; 0 when it is not among them.</summary>
    public static int Read(ReadOnlySpan<byte> octets, ref byte state)
    {
        // Its last octets may stand at the front.
        var front = Math.Min(octets.Length, Mark.Length - 1);
        for (var i = 0; i < front; i++)
        {
            if (Next(octets[i], ref state))
            {
                return i + 1;
            }
        }

        if (octets.Length < Mark.Length)
        {
            return 0;
        }

        var found = octets.IndexOf(Mark);
        if (found >= 0)
        {
            return found + Mark.Length;
        }

        state = 0;
        ReadTail(octets, ref state);
        return 0;
    }

    /// <summary>True when these octets end with the end; of many, the last five are looked at.</summary>
    public static bool ReadTail(ReadOnlySpan<byte> octets, ref byte state)
    {
        if (octets.Length >= Mark.Length)
        {
            state = 0;
            octets = octets[^Mark.Length..];
        }

        var isEnd = false;
        foreach (var octet in octets)
        {
            isEnd = Next(octet, ref state);
        }

        return isEnd;
    }

    private static bool Next(byte octet, ref byte state)
    {
        state = octet == Mark[state] ? (byte)(state + 1) : octet == '\r' ? (byte)1 : (byte)0;
        if (state < Mark.Length)
        {
            return false;
        }

        // The end is a line's end, too.
        state = LineStart;
        return true;
    }
}
