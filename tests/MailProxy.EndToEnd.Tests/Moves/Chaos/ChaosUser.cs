using System.Collections.Concurrent;
using System.Globalization;
using MailProxy.EndToEnd.Tests.Rig;

namespace MailProxy.EndToEnd.Tests.Moves.Chaos;

/// <summary>A user with everything that was promised to them.</summary>
internal sealed class ChaosUser(int number, ChaosJournal journal)
{
    private readonly ConcurrentDictionary<string, string> _attempted = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _acknowledged = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<uint, string> _ids = new();
    private long _validity;

    /// <summary>Canonical name.</summary>
    public string Name { get; } = NameOf(number);

    /// <summary>Where they begin.</summary>
    public string FirstHome { get; } = HomeOf(number);

    /// <summary>Where they are as far as operators know.</summary>
    public string Home { get; set; } = HomeOf(number);

    /// <summary>Messages that are there for certain: nobody deletes any.</summary>
    public int Acknowledged => _acknowledged.Count;

    /// <summary>Messages that may be there.</summary>
    public int Attempted => _attempted.Count;

    /// <summary>Ids that were acknowledged.</summary>
    public ICollection<string> AcknowledgedIds => _acknowledged.Keys;

    /// <summary>Name by number.</summary>
    public static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"user{number}@example.org");

    /// <summary>First home by number.</summary>
    public static string HomeOf(int number) => string.Create(CultureInfo.InvariantCulture, $"store-{1 + (number % ChaosCluster.Size)}");

    /// <summary>From now on this message may be there.</summary>
    public void Attempt(string id, string message) => _attempted[id] = message;

    /// <summary>From now on it must be.</summary>
    public void Acknowledge(string id) => _acknowledged[id] = true;

    /// <summary>A session sees so many messages; so many were acknowledged before it logged in.</summary>
    public void SeeCount(int count, int before, string how)
    {
        var most = Attempted;
        if (count < before || count > most)
        {
            journal.Violate(Name, $"{how}: {count} messages are there; {before} were acknowledged before the login, {most} were ever sent");
        }
    }

    /// <summary>A session sees INBOX's UIDVALIDITY.</summary>
    public void SeeValidity(uint validity)
    {
        var before = Interlocked.CompareExchange(ref _validity, validity, 0);
        if (before != 0 && before != validity)
        {
            journal.Violate(Name, $"UIDVALIDITY was {before} and is {validity}");
        }
    }

    /// <summary>A session sees a message under a UID.</summary>
    public void See(uint uid, string id, string how)
    {
        if (!_attempted.ContainsKey(id))
        {
            journal.Violate(Name, $"{how}: UID {uid} is '{id}', which nobody sent");
        }
        else if (_ids.GetOrAdd(uid, id) is var other && other != id)
        {
            journal.Violate(Name, $"{how}: UID {uid} was {other} and is {id}");
        }
    }

    /// <summary>A session reads a message.</summary>
    public void Read(string id, string content, string how)
    {
        if (!_attempted.TryGetValue(id, out var message) || Messages.WithoutTrace(System.Text.Encoding.Latin1.GetBytes(content)) != message)
        {
            journal.Violate(Name, $"{how}: message '{id}' has other content than was sent");
        }
    }
}
