using System.Security.Cryptography;
using System.Text;
using MailProxy.Directory.Passwords;
using MailProxy.Directory.Proofs;
using Microsoft.Extensions.Logging;

namespace MailProxy.Directory.Ldap;

/// <summary>
/// Users in an LDAP directory (docs/directory.md). Whoever asks never blocks: the library does, on threads of the provider's own. Every wait, line and
/// connection is bounded by <see cref="LdapDirectoryOptions"/>, and whatever is no clear answer is "temporarily unavailable".
/// </summary>
public sealed class LdapUserDirectory : IDirectoryProvider
{
    // Throws for what is no UTF-8: the library would send something else instead.
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly LdapDirectoryOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly PasswordChecks _checks = new();
    private readonly LearntDecoys _decoys = new();
    private LdapParts? _parts;
    private string? _problem = "the directory is not started yet";
    private int _disposed;

    /// <summary>Nothing is connected before <see cref="StartAsync"/>.</summary>
    /// <param name="options">Valid.</param>
    /// <param name="logger">For the servers' health.</param>
    /// <param name="time">For pauses and limits.</param>
    public LdapUserDirectory(LdapDirectoryOptions options, ILogger<LdapUserDirectory> logger, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _logger, _time) = (options, logger, time);
    }

    /// <inheritdoc/>
    public string? Unreadiness => _parts is not { } parts ? _problem : parts.Servers.AreAllAside ? $"no LDAP server answers: {parts.Servers.Problems}" : null;

    /// <inheritdoc/>
    public DecidingFacts DecidesBy => DecidingFacts.None;

    /// <inheritdoc/>
    public string? Notice => Unreadiness is not null ? null : _parts?.Servers.Problems ?? _parts?.ClearText;

    /// <inheritdoc/>
    public async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            _parts = LdapParts.Create(_options, _logger, _time);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            _problem = exception.Message;
            LdapLog.Unusable(_logger, _problem);
            return;
        }

        // At once: one that is away takes its time to find out. What they find is in Unreadiness and Notice.
        await Task.WhenAll(_parts.Servers.All.Select(server => Task.Factory.StartNew(server.Probe, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)))
            .WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public async ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            return await JudgeAsync(request, cancellationToken);
        }
        catch (LdapFaultException fault)
        {
            return new AuthenticationResult(AuthenticationOutcome.TemporarilyUnavailable, Detail: fault.Message);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ChallengeResult> ChallengeAsync(ChallengeRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (_options.Mode == LdapMode.Bind)
        {
            return StoredKeys.NotShown("the LDAP server (Mode bind)");
        }

        try
        {
            var parts = Parts;
            var name = LdapName.Parse(request.UserName, _options.DefaultDomain);
            var account = name is not null && parts.Addresses.MayBeOurs(name)
                ? await AskAsync(deadline => parts.Questions.FindUser(name, deadline), cancellationToken)
                : null;
            return account is null
                ? new ChallengeResult(ChallengeOutcome.NoSuchUser, UserName: name?.Text, Detail: "no entry has this name")
                : StoredKeys.Of(StoredPasswords.Parse(account.Passwords, account.AppPasswords).All, request, name!.Text);
        }
        catch (LdapFaultException fault)
        {
            return new ChallengeResult(ChallengeOutcome.TemporarilyUnavailable, Detail: fault.Message);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<LookupResult> LookUpAsync(string address, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (LdapName.Parse(address, _options.DefaultDomain) is not { } name)
        {
            return new LookupResult(address.Contains('@', StringComparison.Ordinal) ? LookupOutcome.NotOurDomain : LookupOutcome.NoSuchUser, [], "not an address");
        }

        try
        {
            var parts = Parts;
            return parts.Addresses.MayBeOurs(name)
                ? await AskAsync(deadline => parts.Addresses.LookUp(name, deadline), cancellationToken)
                : new LookupResult(LookupOutcome.NotOurDomain, [], $"{name.Domain} is none of {nameof(_options.Domains)}");
        }
        catch (LdapFaultException fault)
        {
            return new LookupResult(LookupOutcome.TemporarilyUnavailable, [], fault.Message);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        if (_parts is { } parts)
        {
            _problem = "the directory is closed";
            _parts = null;
            await parts.DisposeAsync();
        }

        await _checks.DisposeAsync();
    }

    private LdapParts Parts => _parts ?? throw new LdapFaultException(LdapFault.Unreachable, _problem ?? "");

    private async Task<AuthenticationResult> JudgeAsync(AuthenticationRequest request, CancellationToken cancellationToken)
    {
        var parts = Parts;
        if (request.IsVouched)
        {
            return await AnswerVouchedAsync(parts, request, cancellationToken);
        }

        if (request.Proof is { IsVerified: false } && _options.Mode == LdapMode.Bind)
        {
            return new AuthenticationResult(AuthenticationOutcome.WrongPassword, Detail: StoredKeys.CannotJudge("the LDAP server (Mode bind)"));
        }

        var password = request.Proof is null ? Password(request.Secret) : null;
        if (password is null && request.Proof is null)
        {
            // Nothing is sent: an empty password would bind anybody (RFC 4513 5.1.2), and behind a NUL everything is lost.
            return new AuthenticationResult(AuthenticationOutcome.WrongPassword, Detail: "an empty password, or one with a NUL or that is no UTF-8");
        }

        var name = LdapName.Parse(request.AuthenticationId, _options.DefaultDomain);
        if (name is not null && !parts.Addresses.MayBeOurs(name))
        {
            return new AuthenticationResult(AuthenticationOutcome.NoSuchUser, Detail: $"{name.Domain} is none of {nameof(_options.Domains)}");
        }

        LdapAccount? account = null;
        BindVerdict verdict = default;
        if (name is not null)
        {
            (account, verdict) = await AskAsync(deadline => Find(parts, name, password, deadline), cancellationToken);
        }

        if (request.Proof is { IsVerified: true })
        {
            verdict = new BindVerdict(AuthenticationOutcome.Authenticated, $"certificate, {account?.Dn}");
        }
        else if (_options.Mode == LdapMode.Hash)
        {
            verdict = await CompareAsync(request, account, cancellationToken);
        }

        if (account is null)
        {
            return new AuthenticationResult(AuthenticationOutcome.NoSuchUser, Detail: name is null ? "not a name" : "no entry has this name");
        }

        return verdict.Outcome == AuthenticationOutcome.Authenticated
            ? await AuthorizeAsync(parts, account, verdict, request, cancellationToken)
            : new AuthenticationResult(verdict.Outcome, verdict.Outcome is AuthenticationOutcome.Disabled or AuthenticationOutcome.Expired ? account.User : null, verdict.Detail);
    }

    // No bind: there is no password, and an empty one would bind anybody. An expired password says nothing of a token.
    private async Task<AuthenticationResult> AnswerVouchedAsync(LdapParts parts, AuthenticationRequest request, CancellationToken cancellationToken)
    {
        var account = LdapName.Parse(request.AuthenticationId, _options.DefaultDomain) is { } name && parts.Addresses.MayBeOurs(name)
            ? await AskAsync(deadline => parts.Questions.FindUser(name, deadline), cancellationToken)
            : null;
        return account is null ? new AuthenticationResult(AuthenticationOutcome.NoSuchUser, Detail: "no entry has this name")
            : account.IsDisabled ? new AuthenticationResult(AuthenticationOutcome.Disabled, account.User, $"so marked in {account.Dn}")
            : new AuthenticationResult(AuthenticationOutcome.Authenticated, account.User, $"vouched for; {account.Dn}");
    }

    // In mode bind both at once: it is one turn in the line.
    private (LdapAccount? Account, BindVerdict Verdict) Find(LdapParts parts, LdapName name, string? password, Deadline deadline)
    {
        var account = parts.Questions.FindUser(name, deadline);
        return (account, account is not null && password is not null && _options.Mode == LdapMode.Bind ? parts.Questions.Bind(account.Dn, password, deadline) : default);
    }

    /// <summary>The comparison comes first and always: how long the answer takes must not tell who exists or who is disabled.</summary>
    private async Task<BindVerdict> CompareAsync(AuthenticationRequest request, LdapAccount? account, CancellationToken cancellationToken)
    {
        var stored = account is null
            ? new StoredPasswords([new StoredPassword(_decoys.For(request.AuthenticationId))], null)
            : StoredPasswords.Parse(account.Passwords, account.AppPasswords);
        if (stored.All.Count == 0)
        {
            // One that nobody may read looks like one that is not there, and that is no wrong password.
            throw new LdapFaultException(LdapFault.Refused, $"{account?.Dn}: {stored.Problem ?? $"shows no password; does '{_options.BindDn}' have the right to read it?"}");
        }

        var usable = stored.All.Where(password => password.IsFor(request.Protocol)).ToList();
        if (usable.Count == 0)
        {
            // It takes the time of a wrong password, and nobody's password is tried.
            await MatchesAsync(_decoys.For(request.AuthenticationId), request, cancellationToken);
        }

        foreach (var password in usable)
        {
            var matches = await MatchesAsync(password.Hash, request, cancellationToken);
            if (account is not null)
            {
                _decoys.Learn(account.User.Name, password.Hash);
            }

            if (matches && account is not null)
            {
                return new BindVerdict(AuthenticationOutcome.Authenticated, $"{password} of {account.Dn}", password.Label.Length > 0);
            }
        }

        // If one could not be read, it may have been the right one.
        return stored.Problem is null
            ? new BindVerdict(AuthenticationOutcome.WrongPassword, usable.Count == 0 ? $"no stored password is good for {request.Protocol}" : "no stored password matches")
            : throw new LdapFaultException(LdapFault.Refused, $"{account?.Dn}: {stored.Problem}, and no other one matches");
    }

    private async Task<bool> MatchesAsync(PasswordHash hash, AuthenticationRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await _checks.CompareAsync(hash, request, cancellationToken)
                ?? throw new LdapFaultException(LdapFault.Refused, "too many passwords wait to be compared");
        }
        catch (InvalidOperationException exception)
        {
            throw new LdapFaultException(LdapFault.Refused, exception.Message, exception);
        }
    }

    /// <summary>The password was right.</summary>
    private async Task<AuthenticationResult> AuthorizeAsync(
        LdapParts parts, LdapAccount owner, BindVerdict verdict, AuthenticationRequest request, CancellationToken cancellationToken)
    {
        if (owner.IsDisabled || (owner.IsExpired && !verdict.IsOfProgram))
        {
            return new AuthenticationResult(owner.IsDisabled ? AuthenticationOutcome.Disabled : AuthenticationOutcome.Expired, owner.User, $"so marked in {owner.Dn}");
        }

        var wanted = request.AuthorizationId;
        if (wanted.Length == 0 || wanted.Equals(request.AuthenticationId, StringComparison.OrdinalIgnoreCase) || wanted.Equals(owner.User.Name, StringComparison.OrdinalIgnoreCase))
        {
            return new AuthenticationResult(AuthenticationOutcome.Authenticated, owner.User, verdict.Detail);
        }

        var other = LdapName.Parse(wanted, _options.DefaultDomain) is { } name ? await AskAsync(deadline => parts.Questions.FindUser(name, deadline), cancellationToken) : null;
        if (other is not null && other.Dn == owner.Dn)
        {
            return new AuthenticationResult(AuthenticationOutcome.Authenticated, owner.User, verdict.Detail);
        }

        // Whether there is such a user at all is told to nobody who may not act as them.
        if (other is null || !owner.MayActAs.Contains(other.User.Name, StringComparer.OrdinalIgnoreCase))
        {
            return new AuthenticationResult(AuthenticationOutcome.NotAuthorized, Detail: $"{owner.User.Name} may not act as the user asked for");
        }

        return other.IsDisabled
            ? new AuthenticationResult(AuthenticationOutcome.Disabled, other.User, $"so marked in {other.Dn}; asked by {owner.User.Name}")
            : new AuthenticationResult(AuthenticationOutcome.Authenticated, other.User, $"{verdict.Detail}, who may act as this user");
    }

    private async Task<T> AskAsync<T>(Func<Deadline, T> ask, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var question = new Question<T>(ask, new Deadline(_time, _options.Budget));
        if (!Parts.Workers.TryAdd(question))
        {
            throw new LdapFaultException(LdapFault.TimedOut, $"{_options.Waiting} questions wait already ({nameof(_options.Waiting)})");
        }

        try
        {
            return await question.Answer.WaitAsync(_options.Budget, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new LdapFaultException(LdapFault.TimedOut, $"no answer within {_options.Budget.TotalSeconds:0.#} s ({nameof(_options.Budget)}){(Parts.Servers.Problems is { } problems ? $"; {problems}" : "")}");
        }
        finally
        {
            question.Drop();
        }
    }

    // A copy: the secret may be cleared while a thread that nobody waits for any more is still at it.
    private static string? Password(Secret secret)
    {
        var octets = secret.Octets.Span;
        if (octets.IsEmpty || octets.Contains((byte)0))
        {
            return null;
        }

        try
        {
            return Strict.GetString(octets);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
