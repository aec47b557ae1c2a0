using MailProxy.Directory.Passwords;
using MailProxy.Directory.Proofs;
using Microsoft.Extensions.Logging;

namespace MailProxy.Directory.File;

/// <summary>
/// Users in a JSON file (docs/directory.md has its format), read again whenever it changes. A version with errors is not taken: the
/// one before goes on being served, and the log and <see cref="Notice"/> say what is wrong.
/// </summary>
public sealed class FileUserDirectory : IDirectoryProvider
{
    private readonly CurrentFile _current;
    private readonly FileWatch _watch;
    private readonly PasswordChecks _checks = new();
    private int _disposed;

    /// <summary>Nothing is read before <see cref="StartAsync"/>.</summary>
    public FileUserDirectory(FileDirectoryOptions options, ILogger<FileUserDirectory> logger, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        string path = Path.GetFullPath(options.Path);
        _current = new CurrentFile(path, options.DefaultDomain, logger, time);
        _watch = new FileWatch(path, _current.Check, logger, time);
    }

    /// <inheritdoc/>
    public string? Unreadiness => _current.Table is null ? _current.Problem : null;

    /// <inheritdoc/>
    public string? Notice => _current.Table is null ? null : _current.Problem;

    /// <inheritdoc/>
    public DecidingFacts DecidesBy => DecidingFacts.None;

    /// <inheritdoc/>
    public long Version => _current.Version;

    /// <summary>For tests: completes when the file was looked at the next time.</summary>
    internal Task NextCheck => _watch.NextCheck;

    /// <inheritdoc/>
    public async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        // Watching begins before the first reading: a change in between is seen twice rather than never.
        _watch.Start();
        await Task.Run(_current.Check, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (_current.Table is not { } table)
        {
            return new AuthenticationResult(AuthenticationOutcome.TemporarilyUnavailable, Detail: _current.Problem ?? "");
        }

        if (request.IsVouched)
        {
            return table.FindLogin(request.AuthenticationId) is { } known
                ? Judge(table, known, "", "vouched for", isExpired: false)
                : new AuthenticationResult(AuthenticationOutcome.NoSuchUser, Detail: "not in the file");
        }

        UserRecord? record = table.FindLogin(request.AuthenticationId);
        request.Trace?.Invoke(record is null
            ? "the file has no such user"
            : $"the file has {record.User.Name}, password {string.Join("; ", record.Passwords.AsEnumerable())}, home {record.User.Home ?? "-"}");
        try
        {
            return record is null
                ? await DecoyAsync(table, request, AuthenticationOutcome.NoSuchUser, "not in the file", cancellationToken)
                : request.Proof is { IsVerified: true }
                ? Judge(table, record, request.AuthorizationId, "certificate", isExpired: record.Passwords is [{ Label: "", IsExpired: true }, ..])
                : await CompareAsync(table, record, request, cancellationToken);
        }
        catch (InvalidOperationException exception)
        {
            return new AuthenticationResult(AuthenticationOutcome.TemporarilyUnavailable, record?.User, exception.Message);
        }
    }

    /// <inheritdoc/>
    public ValueTask<ChallengeResult> ChallengeAsync(ChallengeRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (_current.Table is not { } table)
        {
            return ValueTask.FromResult(new ChallengeResult(ChallengeOutcome.TemporarilyUnavailable, Detail: _current.Problem ?? ""));
        }

        var name = AddressName.Parse(request.UserName, table.DefaultDomain)?.ToString();
        return ValueTask.FromResult(table.FindLogin(request.UserName) is { } record
            ? StoredKeys.Of(record.Passwords, request, name)
            : new ChallengeResult(ChallengeOutcome.NoSuchUser, UserName: name, Detail: "not in the file"));
    }

    /// <inheritdoc/>
    public ValueTask<LookupResult> LookUpAsync(string address, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_current.Table?.LookUp(address)
            ?? new LookupResult(LookupOutcome.TemporarilyUnavailable, [], _current.Problem ?? ""));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        await _watch.DisposeAsync();
        await _checks.DisposeAsync();
    }

    // The comparison comes first and always: how long the answer takes must not tell who exists or who is disabled.
    private async ValueTask<AuthenticationResult> CompareAsync(UserTable table, UserRecord record, AuthenticationRequest request, CancellationToken cancellationToken)
    {
        bool hasCompared = false;
        foreach (StoredPassword password in record.Passwords)
        {
            if (!password.IsFor(request.Protocol))
            {
                continue;
            }

            hasCompared = true;
            if (await _checks.CompareAsync(password.Hash, request, cancellationToken) is not { } matches)
            {
                return TooMany;
            }

            if (matches)
            {
                return Judge(table, record, request.AuthorizationId, password.ToString(), password.IsExpired);
            }
        }

        return hasCompared
            ? new AuthenticationResult(
                AuthenticationOutcome.WrongPassword,
                Detail: record.Passwords.Length == 1 ? $"{record.Passwords[0]} does not match{(request.Proof is null ? "" : $"; {request.Mechanism}")}" : $"none of {record.Passwords.Length} passwords matches for {request.Protocol}")
            : await DecoyAsync(table, request, AuthenticationOutcome.WrongPassword, $"{record.User.Name} has no password for {request.Protocol}", cancellationToken);
    }

    private async ValueTask<AuthenticationResult> DecoyAsync(
        UserTable table, AuthenticationRequest request, AuthenticationOutcome outcome, string detail, CancellationToken cancellationToken) =>
        request.Proof is not { IsVerified: true } && await _checks.CompareAsync(table.Decoy(request.AuthenticationId), request, cancellationToken) is null
            ? TooMany
            : new AuthenticationResult(outcome, Detail: detail);

    private static AuthenticationResult TooMany => new(AuthenticationOutcome.TemporarilyUnavailable, Detail: "too many passwords wait to be compared");

    /// <summary>The password was right, or the certificate was verified.</summary>
    private static AuthenticationResult Judge(UserTable table, UserRecord owner, string authorizationId, string how, bool isExpired)
    {
        if (owner.IsDisabled || isExpired)
        {
            return new AuthenticationResult(
                owner.IsDisabled ? AuthenticationOutcome.Disabled : AuthenticationOutcome.Expired, owner.User, $"so marked in the file; {how}");
        }

        if (authorizationId.Length == 0 || table.FindLogin(authorizationId) is { } same && ReferenceEquals(same, owner))
        {
            return new AuthenticationResult(AuthenticationOutcome.Authenticated, owner.User, how);
        }

        // Whether there is such a user at all is told to nobody who may not act as them.
        if (table.FindLogin(authorizationId) is not { } other || !owner.MayActAs.Contains(other.User.Name))
        {
            return new AuthenticationResult(AuthenticationOutcome.NotAuthorized, Detail: $"{owner.User.Name} may not act as the user asked for");
        }

        return other.IsDisabled
            ? new AuthenticationResult(AuthenticationOutcome.Disabled, other.User, $"so marked in the file; asked by {owner.User.Name}")
            : new AuthenticationResult(AuthenticationOutcome.Authenticated, other.User, $"{how} of {owner.User.Name}, who may act as this user");
    }
}
