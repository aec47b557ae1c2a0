namespace MailProxy.Protocols.Conversations;

/// <summary>
/// The end of a line that announces a literal, however its octets arrive: <c>"{" 1*19DIGIT ["+"] "}" [CR] LF</c> (RFC 9051 4.3, RFC 7888; a bare LF
/// because servers take it for a line's end). The state is one octet and the number, which the caller keeps.
/// </summary>
internal static class LiteralTail
{
    /// <summary>Nothing of a header was seen.</summary>
    public const byte None = 0;

    /// <summary>The line has ended and announced a literal whose sender waits for <c>+</c>.</summary>
    public const byte Announced = 30;

    /// <summary>The line has ended and announced a literal that follows at once.</summary>
    public const byte AnnouncedAtOnce = 31;

    // 1 is "{", 1 + n is "{" and n digits.
    private const byte Open = 1;
    private const byte MaxDigits = 19;
    private const byte Plus = 24;
    private const byte Closed = 25;
    private const byte ClosedAtOnce = 26;
    private const byte ClosedCr = 27;
    private const byte ClosedAtOnceCr = 28;

    // A header whose "{" stands farther from the LF has too many digits: what comes before need not be looked at.
    private const int Longest = 1 + MaxDigits + 4;

    /// <summary>Reads to the line's end. Returns the octets up to it, LF included; 0 when the line goes on.</summary>
    public static int Read(ReadOnlySpan<byte> octets, ref byte state, ref ulong number)
    {
        var length = octets.IndexOf((byte)'\n') + 1;
        var line = length == 0 ? octets : octets[..length];
        if (line.Length > Longest)
        {
            state = None;
            line = line[^Longest..];
        }

        foreach (var octet in line)
        {
            state = Next(octet, state, ref number);
        }

        return length;
    }

    private static byte Next(byte octet, byte state, ref ulong number)
    {
        switch (octet)
        {
            case (byte)'{':
                number = 0;
                return Open;
            case >= (byte)'0' and <= (byte)'9' when state is >= Open and < Open + MaxDigits:
                number = (number * 10) + (octet - (ulong)'0');
                return (byte)(state + 1);
            case (byte)'+' when state is > Open and <= Open + MaxDigits:
                return Plus;
            case (byte)'}' when state is > Open and <= Open + MaxDigits:
                return Closed;
            case (byte)'}' when state == Plus:
                return ClosedAtOnce;
            case (byte)'\r' when state == Closed:
                return ClosedCr;
            case (byte)'\r' when state == ClosedAtOnce:
                return ClosedAtOnceCr;
            case (byte)'\n' when state is Closed or ClosedCr:
                return Announced;
            case (byte)'\n' when state is ClosedAtOnce or ClosedAtOnceCr:
                return AnnouncedAtOnce;
            default:
                return None;
        }
    }
}
