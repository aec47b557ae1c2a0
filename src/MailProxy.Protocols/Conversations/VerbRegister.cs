namespace MailProxy.Protocols.Conversations;

/// <summary>Up to twelve letters, of either case, as a number: a verb that arrives octet by octet needs no buffer.</summary>
internal static class VerbRegister
{
    /// <summary>Longer than any verb that matters.</summary>
    private const ulong TooLong = ulong.MaxValue;

    private const ulong Full = 1UL << 55;

    /// <summary>True for a letter, which is then added.</summary>
    public static bool TryAdd(byte octet, ref ulong register)
    {
        if (!char.IsAsciiLetter((char)octet))
        {
            return false;
        }

        register = register >= Full ? TooLong : (register << 5) | (octet & 31UL);
        return true;
    }

    /// <summary>The number of a verb.</summary>
    public static ulong Of(ReadOnlySpan<byte> verb)
    {
        var register = 0UL;
        foreach (var octet in verb)
        {
            TryAdd(octet, ref register);
        }

        return register;
    }
}
