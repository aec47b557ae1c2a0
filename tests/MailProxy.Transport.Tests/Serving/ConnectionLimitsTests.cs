using System.Net;
using MailProxy.Transport.Serving;
using Xunit;

namespace MailProxy.Transport.Tests.Serving;

public sealed class ConnectionLimitsTests
{
    [Fact]
    public async Task However_many_come_and_go_at_once_no_limit_is_passed_and_nobody_stays_counted()
    {
        const int Total = 20;
        const int PerNetwork = 7;
        const int Threads = 4;
        var limits = new ConnectionLimits(Total, PerNetwork);
        var inside = new int[Threads];
        var worst = 0;
        var refused = 0;
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(seed => Task.Run(() => ComeAndGo(new Random(seed)))));
        Assert.True(worst <= Total, $"{worst} were in");
        Assert.True(refused > 0, "the limits were never met");
        Assert.Equal((0, 0), (limits.Count, limits.Networks));

        void ComeAndGo(Random random)
        {
            var mine = new Queue<EndPoint>();
            for (var i = 0; i < 20_000; i++)
            {
                var client = new IPEndPoint(new IPAddress([192, 0, 2, (byte)random.Next(Threads)]), 1);
                if (random.Next(2) == 0 && limits.TryEnter(client) is var limit)
                {
                    if (limit == LimitReached.None)
                    {
                        mine.Enqueue(client);
                        InterlockedMax(ref worst, limits.Count);
                        Assert.InRange(Interlocked.Increment(ref inside[client.Address.GetAddressBytes()[3]]), 1, PerNetwork);
                    }
                    else
                    {
                        Interlocked.Increment(ref refused);
                    }
                }
                else if (mine.TryDequeue(out var leaving))
                {
                    Leave(leaving);
                }
            }

            while (mine.TryDequeue(out var leaving))
            {
                Leave(leaving);
            }
        }

        void Leave(EndPoint client)
        {
            // First here, then there: what is counted here was let in there.
            Interlocked.Decrement(ref inside[((IPEndPoint)client).Address.GetAddressBytes()[3]]);
            limits.Leave(client);
        }
    }

    [Fact]
    public void Where_there_is_room_nobody_is_refused_because_others_were()
    {
        var limits = new ConnectionLimits(total: 2, perNetwork: 1);
        var one = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 1);
        var two = new IPEndPoint(IPAddress.Parse("192.0.2.2"), 1);
        var three = new IPEndPoint(IPAddress.Parse("192.0.2.3"), 1);
        Assert.Equal(LimitReached.None, limits.TryEnter(one));
        Assert.Equal(LimitReached.Network, limits.TryEnter(one));
        Assert.Equal(LimitReached.None, limits.TryEnter(two));
        Assert.Equal(LimitReached.Total, limits.TryEnter(three));
        limits.Leave(one);
        Assert.Equal(LimitReached.None, limits.TryEnter(three));
        Assert.Equal(LimitReached.Total, limits.TryEnter(one));
        limits.Leave(two);
        limits.Leave(three);
        Assert.Equal((0, 0), (limits.Count, limits.Networks));
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen;)
        {
            var before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}
