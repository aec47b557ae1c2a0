using System.Security.Cryptography;
using BitFaster.Caching.Lru;

namespace MailProxy.Directory.Guard;

/// <summary>
/// Makes guessing slow and leaves owners alone. Different wrong passwords count, against the user and against the address; beyond a few the next attempts
/// get turns, further apart with each failure, however many come at once. From an address from which this user lately logged in nothing is held
/// against the user. Of this node only, and bounded.
/// </summary>
internal sealed class GuessGuard(GuardOptions options, TimeProvider time, Random random)
{
    private readonly ConcurrentLru<string, Suspect> _users = new(Environment.ProcessorCount, options.Entries, StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentLru<ClientPrefix, Suspect> _addresses = new(Environment.ProcessorCount, options.Entries, EqualityComparer<ClientPrefix>.Default);
    private readonly ConcurrentLru<ClientPrefix, long> _known = new(Environment.ProcessorCount, options.Entries, EqualityComparer<ClientPrefix>.Default);
    private readonly ConcurrentLru<(ClientPrefix Address, string User), long> _owners = new(Environment.ProcessorCount, options.Entries, new OwnerComparer());
    private readonly byte[] _hashKey = RandomNumberGenerator.GetBytes(32);
    private int _waiting;

    /// <summary>Begins an attempt.</summary>
    public GuardedAttempt Begin(string user, ClientPrefix? address, Secret password)
    {
        var now = time.GetTimestamp();
        var isOwner = IsKnown(_owners, (address.GetValueOrDefault(), user), address, now);
        return new GuardedAttempt(isOwner ? null : _users.GetOrAdd(user, static _ => new Suspect()), address, isOwner ? 0 : HashOf(password));
    }

    /// <summary>Begins an attempt by a token.</summary>
    public static GuardedAttempt BeginByToken(ClientPrefix? address) => new(null, address, 0, IsByAddressOnly: true);

    /// <summary>Waits for an attempt's turn. False: it comes too late, or too many wait already.</summary>
    public ValueTask<bool> WaitAsync(GuardedAttempt attempt, Secret password, CancellationToken cancellationToken)
    {
        var now = time.GetTimestamp();
        var wait = TimeSpan.Zero;
        if (attempt.Address is { } from && _addresses.TryGet(from, out var suspect))
        {
            var free = IsKnown(_known, from, from, now) ? options.FreeWhereKnown : options.Free;
            if (suspect.TakeTurn(now, attempt.Hash == 0 ? HashOf(password) : attempt.Hash, free, false, options, Chance(), time) is not { } until)
            {
                return ValueTask.FromResult(false);
            }

            wait = until;
        }

        if (attempt.User is not null)
        {
            if (attempt.User.TakeTurn(now, attempt.Hash, options.Free, true, options, Chance(), time) is not { } until)
            {
                return ValueTask.FromResult(false);
            }

            wait = until > wait ? until : wait;
        }

        return wait == TimeSpan.Zero ? ValueTask.FromResult(true) : SitOutAsync(wait, cancellationToken);
    }

    /// <summary>Credentials were wrong.</summary>
    public void Failed(string user, GuardedAttempt attempt, Secret password)
    {
        var now = time.GetTimestamp();
        var hash = attempt.Hash == 0 ? HashOf(password) : attempt.Hash;
        if (!attempt.IsByAddressOnly)
        {
            (attempt.User ?? _users.GetOrAdd(user, static _ => new Suspect())).Failed(now, hash);
        }

        if (attempt.Address is { } from)
        {
            _addresses.GetOrAdd(from, static _ => new Suspect()).Failed(now, hash);
        }
    }

    /// <summary>The user came in from there.</summary>
    public void Succeeded(string user, ClientPrefix? address)
    {
        if (address is { } from)
        {
            var now = time.GetTimestamp();
            _known.AddOrUpdate(from, now);
            _owners.AddOrUpdate((from, user), now);
        }
    }

    private async ValueTask<bool> SitOutAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref _waiting) > options.Waiting)
            {
                return false;
            }

            await Task.Delay(wait, time, cancellationToken);
            return true;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private bool IsKnown<TKey>(ConcurrentLru<TKey, long> since, TKey key, ClientPrefix? address, long now)
        where TKey : notnull =>
        address is not null && since.TryGet(key, out var at) && time.GetElapsedTime(at, now) < options.Known;

    private ulong HashOf(Secret password)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_hashKey, password.Octets.Span, hash);

        // Zero marks a free place.
        return Math.Max(1, BitConverter.ToUInt64(hash));
    }

    private double Chance()
    {
        lock (random)
        {
            return random.NextDouble();
        }
    }

    private sealed class OwnerComparer : IEqualityComparer<(ClientPrefix Address, string User)>
    {
        public bool Equals((ClientPrefix Address, string User) one, (ClientPrefix Address, string User) other) =>
            one.Address == other.Address && one.User.Equals(other.User, StringComparison.OrdinalIgnoreCase);

        public int GetHashCode((ClientPrefix Address, string User) owner) =>
            HashCode.Combine(owner.Address, owner.User.GetHashCode(StringComparison.OrdinalIgnoreCase));
    }
}
