using System.Collections.Concurrent;
using Xunit;

namespace MailProxy.Proxy.Tests.Soak;

/// <summary>What the clients of a soak went through.</summary>
internal sealed class SoakTally
{
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _wrong = new();

    /// <summary>One more of this kind.</summary>
    public void Add(string kind) => _counts.AddOrUpdate(kind, 1, static (_, count) => count + 1);

    /// <summary>Octets that are not those that were sent: never excused by a broken connection.</summary>
    public void Wrong(string what) => _wrong.Enqueue(what);

    /// <summary>Every kind of client came, some got through to their end, and nobody got wrong octets.</summary>
    public void AssertMuchHappened()
    {
        Assert.Empty(_wrong);
        foreach (var kind in Enum.GetNames<SoakAct>())
        {
            Assert.True(_counts.ContainsKey(kind), $"Nobody did {kind}.");
        }

        Assert.True(_counts.GetValueOrDefault("to the end") > 0);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", _counts.OrderBy(count => count.Key, StringComparer.Ordinal).Select(count => $"{count.Key} {count.Value}"));
}
