namespace MailProxy.Proxy.Sessions;

/// <summary>Makes session ids: 13 base-32 characters from 64 random bits, safe in every protocol's identity command.</summary>
internal sealed class SessionIds(Random random)
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    // 64 bits in pieces of five; four are left for the last.
    private const int Length = 13;
    private const int LastDigit = 15;

    /// <summary>A new id, as a number: most sessions never need its text.</summary>
    public ulong Next() => unchecked((ulong)random.NextInt64(long.MinValue, long.MaxValue));

    /// <summary>The number of such an id; false when the text is none.</summary>
    public static bool TryParse(string text, out ulong id)
    {
        id = 0;
        if (text.Length != Length)
        {
            return false;
        }

        for (var i = Length - 1; i >= 0; i--)
        {
            var digit = Alphabet.IndexOf(text[i], StringComparison.Ordinal);
            if (digit < 0 || (i == Length - 1 && digit > LastDigit))
            {
                return false;
            }

            id = (id << 5) | (uint)digit;
        }

        return true;
    }

    /// <summary>The id as logs and stores know it.</summary>
    public static string TextOf(ulong id) => string.Create(Length, id, static (span, value) =>
    {
        for (var i = 0; i < span.Length; i++)
        {
            span[i] = Alphabet[(int)(value & 31)];
            value >>= 5;
        }
    });
}
