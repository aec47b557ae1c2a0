using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace MailProxy.Http.UserTraffic;

/// <summary>
/// Makes guessing passwords slow: an answer to wrong credentials waits, longer with each failure from the same network, and by a shuffled
/// time that tells nothing. A network that succeeds starts anew.
/// </summary>
internal sealed class GuessingGuard(Random random, TimeProvider time)
{
    // Nobody notices half a second after a typing error; a guesser gets through fewer than one word in 15 s per connection.
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(15);

    // Failures are forgotten after so long.
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);

    // About 2 MB. When it is full new networks get the first delay only, so a flood cannot grow it.
    private const int MaxNetworks = 20_000;

    // Answers that wait at once; beyond it they are refused without waiting (429), because each holds a connection.
    private const int MaxWaiting = 2_000;

    private readonly ConcurrentDictionary<IPAddress, Failures> _networks = new();
    private long _lastPurge = time.GetTimestamp();
    private int _waiting;

    /// <summary>Waits as long as this failure deserves. False: too many wait already.</summary>
    public async Task<bool> WaitAsync(IPAddress? client, CancellationToken cancellationToken)
    {
        var delay = NextDelay(client);
        try
        {
            if (Interlocked.Increment(ref _waiting) > MaxWaiting)
            {
                return false;
            }

            await Task.Delay(delay, time, cancellationToken);
            return true;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>The right password came from there.</summary>
    public void Succeeded(IPAddress? client) => _networks.TryRemove(NetworkOf(client), out _);

    /// <summary>Counts a failure and says how long its answer should take.</summary>
    internal TimeSpan NextDelay(IPAddress? client)
    {
        Purge();
        var network = NetworkOf(client);
        var count = 1;
        if (_networks.Count < MaxNetworks || _networks.ContainsKey(network))
        {
            var now = time.GetTimestamp();
            count = _networks.AddOrUpdate(network, _ => new Failures(1, now), (_, known) => new Failures(known.Count + 1, now)).Count;
        }

        var steps = Math.Min(count - 1, 5);
        var delay = Math.Min(FirstDelay.TotalMilliseconds * (1 << steps), LongestDelay.TotalMilliseconds);
        double chance;
        lock (random)
        {
            chance = random.NextDouble();
        }

        return TimeSpan.FromMilliseconds(delay * (0.5 + (chance / 2)));
    }

    private static IPAddress NetworkOf(IPAddress? client)
    {
        var address = client ?? IPAddress.None;
        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        // One subscriber has a whole /64 to guess from.
        var octets = address.GetAddressBytes();
        octets.AsSpan(8).Clear();
        return new IPAddress(octets);
    }

    private void Purge()
    {
        var last = Volatile.Read(ref _lastPurge);
        var now = time.GetTimestamp();
        if (time.GetElapsedTime(last, now) < TimeSpan.FromMinutes(1) || Interlocked.CompareExchange(ref _lastPurge, now, last) != last)
        {
            return;
        }

        foreach (var entry in _networks)
        {
            if (time.GetElapsedTime(entry.Value.Last, now) >= Memory)
            {
                _networks.TryRemove(entry);
            }
        }
    }

    private readonly record struct Failures(int Count, long Last);
}
