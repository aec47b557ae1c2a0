namespace MailProxy.Proxy.Sessions;

/// <summary>Makes session ids: 13 base-32 characters from 64 random bits, safe in every protocol's identity command.</summary>
internal sealed class SessionIds(Random random)
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    /// <summary>A new id, as a number: most sessions never need its text.</summary>
    public ulong Next() => unchecked((ulong)random.NextInt64(long.MinValue, long.MaxValue));

    /// <summary>The id as logs and stores know it.</summary>
    public static string TextOf(ulong id) => string.Create(13, id, static (span, value) =>
    {
        for (var i = 0; i < span.Length; i++)
        {
            span[i] = Alphabet[(int)(value & 31)];
            value >>= 5;
        }
    });
}
