using System.Diagnostics;
using MailProxy.Testing;

namespace MailProxy.Proxy.Tests.Rig;

/// <summary>Holds a store to a pace.</summary>
/// <param name="octetsPerSecond">The pace.</param>
internal sealed class Brake(int octetsPerSecond)
{
    private long _since;
    private long _before;

    /// <summary>For <see cref="CountingStore.Brake"/>.</summary>
    public async ValueTask WaitAsync(long octets, CancellationToken cancellationToken)
    {
        // Another message.
        _since = octets < _before || _since == 0 ? Stopwatch.GetTimestamp() : _since;
        _before = octets;
        while (Stopwatch.GetElapsedTime(_since).TotalSeconds < (double)octets / octetsPerSecond)
        {
            await Beat.WaitAsync(10, cancellationToken);
        }
    }
}
