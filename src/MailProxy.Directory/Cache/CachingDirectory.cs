using System.Security.Cryptography;
using MailProxy.Directory.Proofs;

namespace MailProxy.Directory.Cache;

/// <summary>
/// Keeps a provider's answers for a short time, asks each question once however many ask it at once, and serves the last good answer while the
/// provider cannot say anything. "I cannot say now" is never kept.
/// </summary>
internal sealed class CachingDirectory : IDirectoryProvider
{
    private readonly IDirectoryProvider _provider;
    private readonly DirectoryCacheOptions _options;
    private readonly TimeProvider _time;
    private readonly DirectoryMetrics _metrics;
    private readonly Answers<VerdictKey, AuthenticationResult> _verdicts;
    private readonly Answers<AddressKey, LookupResult> _addresses;
    private readonly Flights<VerdictKey, AuthenticationResult> _logins = new();
    private readonly Flights<AddressKey, LookupResult> _lookups = new();

    // Of this process only: what is kept is of no use to who reads it elsewhere.
    private readonly byte[] _hashKey = RandomNumberGenerator.GetBytes(32);

    /// <param name="name">The provider's name, for metrics.</param>
    /// <param name="provider">Not started yet; disposed with this.</param>
    /// <param name="options">Valid.</param>
    /// <param name="time">For ages.</param>
    public CachingDirectory(string name, IDirectoryProvider provider, DirectoryCacheOptions options, TimeProvider time)
    {
        (_provider, _options, _time) = (provider, options, time);
        _metrics = new DirectoryMetrics(name);
        _verdicts = new(options, EqualityComparer<VerdictKey>.Default, time);
        _addresses = new(options, EqualityComparer<AddressKey>.Default, time);
    }

    /// <summary>A directory that is away is no reason to send everybody to another node, for which it is away too: those who logged in lately are served.</summary>
    public string? Unreadiness => ServesLastGood ? null : _provider.Unreadiness;

    /// <inheritdoc/>
    public string? Notice => ServesLastGood
        ? $"{_provider.Unreadiness}; who logged in here before is let in by the last good answer, up to {_options.LastGood:c} old"
        : _provider.Notice;

    /// <inheritdoc/>
    public DecidingFacts DecidesBy => _provider.DecidesBy;

    /// <inheritdoc/>
    public CredentialKinds Takes => _provider.Takes;

    /// <inheritdoc/>
    public long Version => _provider.Version;

    private bool ServesLastGood => _options.LastGood > TimeSpan.Zero && _verdicts.HasGood && _provider.Unreadiness is not null;

    /// <inheritdoc/>
    public ValueTask StartAsync(CancellationToken cancellationToken) => _provider.StartAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Trace is not null)
        {
            return _provider.AuthenticateAsync(request, cancellationToken);
        }

        if (request.Proof is not null)
        {
            // Each is another, and good once: nothing of it is kept, and none of what is kept is pushed out.
            return new(TimedAsync(request, cancellationToken));
        }

        var key = VerdictKey.Of(_hashKey, request, _provider.DecidesBy, _provider.Version);
        if (_verdicts.TryGetFresh(key, out var known))
        {
            _metrics.Asked("hit");
            return ValueTask.FromResult(known);
        }

        var asking = _logins.AskAsync(key, AskAsync, (this, key, request), out var joined, cancellationToken);
        _metrics.Asked(joined ? "joined" : "miss");
        return new(OrLastGoodAsync(key, asking));
    }

    /// <summary>Never kept: with a salt of yesterday the right password is wrong, and the proof has to be judged anew anyway.</summary>
    public async ValueTask<ChallengeResult> ChallengeAsync(ChallengeRequest request, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        var result = await _provider.ChallengeAsync(request, cancellationToken);
        _metrics.Answered("challenge", result.Outcome.ToString(), _time.GetElapsedTime(began));
        return result;
    }

    /// <inheritdoc/>
    public ValueTask<LookupResult> LookUpAsync(string address, CancellationToken cancellationToken)
    {
        var key = new AddressKey(address, _provider.Version);
        if (_addresses.TryGetFresh(key, out var known))
        {
            _metrics.Asked("hit");
            return ValueTask.FromResult(known);
        }

        var asking = _lookups.AskAsync(key, AskAsync, (this, key), out var joined, cancellationToken);
        _metrics.Asked(joined ? "joined" : "miss");
        return new(OrLastGoodAsync(key, asking));
    }

    /// <summary>Refusals are of nobody's that is known, and live for seconds: only what is known of the user is dropped.</summary>
    public int Forget(string user)
    {
        bool IsMeant(DirectoryUser? one) => one is not null && one.Name.Equals(user, StringComparison.OrdinalIgnoreCase);
        return _verdicts.Forget((_, result) => IsMeant(result.User))
            + _addresses.Forget((key, result) => key.Address.Equals(user, StringComparison.OrdinalIgnoreCase) || result.Users.Any(IsMeant))
            + _provider.Forget(user);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _provider.DisposeAsync();
        _metrics.Dispose();
    }

    private static async Task<AuthenticationResult> AskAsync((CachingDirectory Self, VerdictKey Key, AuthenticationRequest Request) question, CancellationToken cancellationToken)
    {
        var (self, key, request) = question;
        var began = self._time.GetTimestamp();

        // A copy: whoever asked first may have gone, and cleared the secret, while others still wait for the answer.
        using var secret = new Secret(request.Secret.Octets.ToArray());
        var result = await self._provider.AuthenticateAsync(request with { Secret = secret }, cancellationToken);
        self._metrics.Answered("authenticate", result.Outcome.ToString(), self._time.GetElapsedTime(began));
        if (result.Outcome != AuthenticationOutcome.TemporarilyUnavailable)
        {
            self._verdicts.Keep(key, result, result.Outcome == AuthenticationOutcome.Authenticated, result.GoodUntil);
        }

        return result;
    }

    private static async Task<LookupResult> AskAsync((CachingDirectory Self, AddressKey Key) question, CancellationToken cancellationToken)
    {
        var (self, key) = question;
        var began = self._time.GetTimestamp();
        var result = await self._provider.LookUpAsync(key.Address, cancellationToken);
        self._metrics.Answered("look_up", result.Outcome.ToString(), self._time.GetElapsedTime(began));
        if (result.Outcome != LookupOutcome.TemporarilyUnavailable)
        {
            self._addresses.Keep(key, result, result.Outcome == LookupOutcome.Found);
        }

        return result;
    }

    private async Task<AuthenticationResult> TimedAsync(AuthenticationRequest request, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        var result = await _provider.AuthenticateAsync(request, cancellationToken);
        _metrics.Answered("authenticate", result.Outcome.ToString(), _time.GetElapsedTime(began));
        return result;
    }

    private static string LastGood(TimeSpan age, string why) => $"the last good answer, {age.TotalMinutes:0} min old, because: {why}";

    private async Task<AuthenticationResult> OrLastGoodAsync(VerdictKey key, Task<AuthenticationResult> asking)
    {
        var result = await asking;
        if (result.Outcome != AuthenticationOutcome.TemporarilyUnavailable || !_verdicts.TryGetLastGood(key, out var good, out var age))
        {
            return result;
        }

        _metrics.Asked("last_good");
        return good with { Detail = LastGood(age, result.Detail) };
    }

    private async Task<LookupResult> OrLastGoodAsync(AddressKey key, Task<LookupResult> asking)
    {
        var result = await asking;
        if (result.Outcome != LookupOutcome.TemporarilyUnavailable || !_addresses.TryGetLastGood(key, out var good, out var age))
        {
            return result;
        }

        _metrics.Asked("last_good");
        return good with { Detail = LastGood(age, result.Detail) };
    }
}
