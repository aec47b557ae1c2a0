using System.Collections.Concurrent;

namespace MailProxy.EndToEnd.Tests.Many;

/// <summary>Mail that comes in all the while, and what became of it.</summary>
internal sealed class LiveMail
{
    private const int Senders = 3;

    private readonly ManyCluster _cluster;
    private readonly ConcurrentDictionary<string, ConcurrentBag<string>> _taken = new();
    private readonly Task _sending;
    private int _next;
    private volatile bool _isEnough;

    private LiveMail(ManyCluster cluster, IReadOnlyList<string> users)
    {
        _cluster = cluster;
        _sending = Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => Task.Run(() => SendAsync(users))));
    }

    /// <summary>One message to each, before or beside the others.</summary>
    public static async Task<LiveMail> StartWithOneEachAsync(ManyCluster cluster, IReadOnlyList<string> users)
    {
        await Parallel.ForEachAsync(users, new ParallelOptions { MaxDegreeOfParallelism = Senders }, async (user, _) => await cluster.DeliverAsync(user, "first"));
        var mail = new LiveMail(cluster, users);
        foreach (var user in users)
        {
            mail.Taken(user).Add("first");
        }

        return mail;
    }

    /// <summary>Ends, and compares what was answered 250 with what is there: each message once.</summary>
    /// <returns>How many messages there are.</returns>
    public async Task<int> EndAsync()
    {
        _isEnough = true;
        await _sending;
        var sum = 0;
        foreach (var (user, ids) in _taken)
        {
            Xunit.Assert.Equal(ids.Order(StringComparer.Ordinal), await _cluster.IdsAsync(user));
            sum += ids.Count;
        }

        return sum;
    }

    private ConcurrentBag<string> Taken(string user) => _taken.GetOrAdd(user, _ => []);

    private async Task SendAsync(IReadOnlyList<string> users)
    {
        while (!_isEnough)
        {
            var number = Interlocked.Increment(ref _next);
            var user = users[number % users.Count];
            await _cluster.DeliverAsync(user, $"live-{number}");
            Taken(user).Add($"live-{number}");
        }
    }
}
