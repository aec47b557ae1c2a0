using System.Security.Cryptography;
using BitFaster.Caching.Lru;

namespace MailProxy.Directory.Guard;

/// <summary>
/// Makes guessing slow and leaves owners alone. Different wrong passwords count, against the user and against the address; beyond a few the next attempts
/// get turns, further apart with each failure, however many come at once. From an address from which this user lately logged in nothing is held
/// against the user. Bounded. Of this node only, unless all nodes share a count: then that decides as long as it can be asked.
/// </summary>
internal sealed class GuessGuard(GuardOptions options, TimeProvider time, Random random, ISharedGuard? shared = null)
{
    private readonly ConcurrentLru<string, Suspect> _users = new(Environment.ProcessorCount, options.Entries, StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentLru<ClientPrefix, Suspect> _addresses = new(Environment.ProcessorCount, options.Entries, EqualityComparer<ClientPrefix>.Default);
    private readonly ConcurrentLru<ClientPrefix, long> _known = new(Environment.ProcessorCount, options.Entries, EqualityComparer<ClientPrefix>.Default);
    private readonly ConcurrentLru<(ClientPrefix Address, string User), long> _owners = new(Environment.ProcessorCount, options.Entries, new OwnerComparer());
    private readonly byte[] _hashKey = RandomNumberGenerator.GetBytes(32);
    private int _waiting;

    /// <summary>Begins an attempt.</summary>
    public GuardedAttempt Begin(string user, ClientPrefix? address, Guess guess)
    {
        var now = time.GetTimestamp();
        var isOwner = IsKnown(_owners, (address.GetValueOrDefault(), user), address, now);
        return new GuardedAttempt(isOwner ? null : _users.GetOrAdd(user, static _ => new Suspect()), address, isOwner ? 0 : HashOf(guess.ForUser), guess, shared?.Begin(user, address, guess));
    }

    /// <summary>Begins an attempt by a token. Of this node only.</summary>
    public static GuardedAttempt BeginByToken(ClientPrefix? address, Guess guess) => new(null, address, 0, guess, null, IsByAddressOnly: true);

    /// <summary>Waits for an attempt's turn. False: it comes too late, or too many wait already.</summary>
    public ValueTask<bool> WaitAsync(GuardedAttempt attempt, CancellationToken cancellationToken) =>
        attempt.Shared is null ? WaitHereAsync(attempt, cancellationToken) : WaitAmongAllAsync(attempt, cancellationToken);

    private async ValueTask<bool> WaitAmongAllAsync(GuardedAttempt attempt, CancellationToken cancellationToken)
    {
        // What this node knows of owners counts too: a server that was started anew knows none.
        var isKnown = attempt.Address is { } from && IsKnown(_known, from, from, time.GetTimestamp());
        var turn = await attempt.Shared!.TakeTurnAsync(attempt.User is null, isKnown, Chance());
        if (!turn.IsKnown)
        {
            return await WaitHereAsync(attempt, cancellationToken);
        }

        return turn.Wait is { } wait && (wait == TimeSpan.Zero || await SitOutAsync(wait, cancellationToken));
    }

    private ValueTask<bool> WaitHereAsync(GuardedAttempt attempt, CancellationToken cancellationToken)
    {
        var now = time.GetTimestamp();
        var wait = TimeSpan.Zero;
        if (attempt.Address is { } from && _addresses.TryGet(from, out var suspect))
        {
            var free = IsKnown(_known, from, from, now) ? options.FreeWhereKnown : options.Free;
            if (suspect.TakeTurn(now, ForAddress(attempt), free, false, options, Chance(), time) is not { } until)
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
    public void Failed(string user, GuardedAttempt attempt)
    {
        var now = time.GetTimestamp();
        var hash = attempt.Hash == 0 ? HashOf(attempt.Guess.ForUser) : attempt.Hash;
        if (!attempt.IsByAddressOnly)
        {
            (attempt.User ?? _users.GetOrAdd(user, static _ => new Suspect())).Failed(now, hash);
        }

        if (attempt.Address is { } from)
        {
            _addresses.GetOrAdd(from, static _ => new Suspect()).Failed(now, ForAddress(attempt));
        }

        attempt.Shared?.Failed();
    }

    /// <summary>The user came in from there.</summary>
    public void Succeeded(string user, GuardedAttempt attempt)
    {
        attempt.Shared?.Succeeded();
        if (attempt.Address is { } from)
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

    // Of a password there is one hash for both.
    private ulong ForAddress(GuardedAttempt attempt) =>
        attempt.Hash != 0 && attempt.Guess.ForUser.Equals(attempt.Guess.ForAddress) ? attempt.Hash : HashOf(attempt.Guess.ForAddress);

    private ulong HashOf(ReadOnlyMemory<byte> mark)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_hashKey, mark.Span, hash);

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
