using System.Buffers;
using MailProxy.Protocols.Tests.Lines;

namespace MailProxy.Protocols.Tests.Fuzz;

/// <summary>Octets as they may arrive.</summary>
internal static class RandomCuts
{
    /// <summary>In one to five pieces, some of them empty.</summary>
    public static IReadOnlyList<byte[]> Pieces(byte[] octets, Random random)
    {
        var cuts = Enumerable.Range(0, random.Next(5)).Select(_ => random.Next(octets.Length + 1)).Order().Prepend(0).Append(octets.Length).ToArray();
        return [.. cuts.Zip(cuts.Skip(1), (from, to) => octets[from..to])];
    }

    /// <summary>The same as a sequence.</summary>
    public static ReadOnlySequence<byte> Sequence(byte[] octets, Random random) => Cuts.Join(Pieces(octets, random));
}
