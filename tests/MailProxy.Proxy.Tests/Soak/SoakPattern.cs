namespace MailProxy.Proxy.Tests.Soak;

/// <summary>Octets that tell where they belong, so that one that is lost, doubled or swapped shows.</summary>
internal static class SoakPattern
{
    // A prime, so that no buffer's size is a multiple of it.
    private const int Period = 251;

    private static readonly byte[] Octets = [.. Enumerable.Range(0, 64 * 1024 + Period).Select(at => (byte)(at % Period))];

    /// <summary>The octets from here on, at most <paramref name="count"/> of them.</summary>
    public static ReadOnlyMemory<byte> From(int at, int count) => Octets.AsMemory(at % Period, Math.Min(count, 64 * 1024));

    /// <summary>True when these are the octets from here on.</summary>
    public static bool IsAt(int at, ReadOnlySpan<byte> octets) => octets.SequenceEqual(From(at, octets.Length).Span);
}
