using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using MailProxy.Store.Engine.Files.Database;

namespace MailProxy.Store.Engine.Files.Moves;

/// <summary>
/// Whether a user is served here. Durable records are changed by the committer's groups, holds by the committer's thread; anyone may read. The
/// committer asks once more for every change, so what was refused here cannot have slipped in.
/// </summary>
internal sealed class MoveGate
{
    private readonly ConcurrentDictionary<string, MoveRecord> records = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, UserHold> holds = new(StringComparer.Ordinal);
    private readonly TimeProvider time;

    /// <summary>Reads the records: few hundred octets for each user who ever moved.</summary>
    public MoveGate(StoreDatabase database, TimeProvider time)
    {
        this.time = time;
        Newcomers = new NewcomerGate(time);
        database.Scan(StoreTable.Moves, [], (key, value) =>
        {
            records[Encoding.UTF8.GetString(key)] = JsonSerializer.Deserialize(value, MoveRecordJson.Default.MoveRecord)!;
            return true;
        });
    }

    /// <summary>Whether users are taken who have never been here.</summary>
    public NewcomerGate Newcomers { get; }

    /// <summary>What is durable of a user.</summary>
    public MoveRecord Record(string user) => records.GetValueOrDefault(user) ?? MoveRecord.None;

    /// <summary>Users of whom a staged copy is here.</summary>
    public IEnumerable<(string User, StageRecord Stage)> Stages =>
        records.Where(pair => pair.Value.Stage is not null).Select(pair => (pair.Key, pair.Value.Stage!));

    /// <summary>The hold on a user, unless it has run out.</summary>
    public UserHold? Hold(string user)
    {
        if (!holds.TryGetValue(user, out UserHold? hold))
        {
            return null;
        }

        if (time.GetElapsedTime(hold.Since) < hold.Lease)
        {
            return hold;
        }

        holds.TryRemove(KeyValuePair.Create(user, hold));
        return null;
    }

    /// <summary>A new hold. Committer only.</summary>
    public UserHold SetHold(string user, string move, string id, TimeSpan lease)
        => holds[user] = new(move, id, time.GetTimestamp(), lease, time.GetUtcNow() + lease);

    /// <summary>Ends a hold. Committer only.</summary>
    public void EndHold(string user) => holds.TryRemove(user, out _);

    /// <summary>A record is durable. Committer only.</summary>
    public void Publish(string user, MoveRecord record)
    {
        if (record == MoveRecord.None)
        {
            records.TryRemove(user, out _);
        }
        else
        {
            records[user] = record;
        }

        if (record.Fence is not null)
        {
            holds.TryRemove(user, out _);
        }
    }

    /// <summary>Refuses a user who is not served.</summary>
    /// <exception cref="StoreFaultException">UserMoved or UserHeld.</exception>
    public void Check(string user) => Check(user, Record(user));

    /// <summary>The same for a record that is pending.</summary>
    public void Check(string user, MoveRecord record)
    {
        if (record.Fence is { } fence)
        {
            throw StoreFaultException.Moved(user, fence.To);
        }

        // A stage without a fence belongs to a user who has no mail here yet.
        if (record.Stage is not null || Hold(user) is not null)
        {
            throw StoreFaultException.Held(user);
        }
    }
}
