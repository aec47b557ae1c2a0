using System.Text;
using MailProxy.Directory.File;
using MailProxy.Directory.Passwords;
using MailProxy.Directory.Proofs;
using Microsoft.Extensions.Logging;

namespace MailProxy.Directory.Sql;

/// <summary>
/// Users in a database, PostgreSQL or SQLite, by queries of the operator's (docs/directory.md). The database is asked every time: what it says now is what
/// counts. While it cannot be asked every answer is "temporarily unavailable".
/// </summary>
public sealed class SqlUserDirectory : IDirectoryProvider
{
    private readonly ISqlDatabase _database;
    private readonly SqlQueries _queries;
    private readonly string? _defaultDomain;
    private readonly SqlHealth _health;
    private readonly LearntDecoys _decoys = new();
    private readonly PasswordChecks _checks = new();
    private int _disposed;

    private SqlUserDirectory(ISqlDatabase database, SqlDirectoryOptions options, bool isSqlite, ILogger logger, TimeProvider time)
    {
        _database = database;
        _queries = SqlQueries.Of(options, isSqlite);
        _defaultDomain = options.DefaultDomain.Length > 0 ? AddressName.ParseDomain(options.DefaultDomain) : null;
        _health = new SqlHealth(database.Name, ProbeAsync, logger, time);
    }

    /// <inheritdoc/>
    public string? Unreadiness => _health.Problem;

    /// <inheritdoc/>
    public string? Notice => null;

    /// <inheritdoc/>
    public DecidingFacts DecidesBy => _queries.User.Parameters.Contains(SqlParameter.Client) ? DecidingFacts.ClientAddress : DecidingFacts.None;

    /// <summary>A PostgreSQL directory. Connects to nothing before it is started or asked.</summary>
    /// <param name="options">Valid.</param>
    /// <param name="logger">For the turns of its health.</param>
    /// <param name="time">For time-outs and pauses.</param>
    public static SqlUserDirectory PostgreSql(SqlDirectoryOptions options, ILogger<SqlUserDirectory> logger, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new SqlUserDirectory(new PostgresDatabase(options, time), options, isSqlite: false, logger, time);
    }

    /// <summary>A SQLite directory. Opens nothing before it is started or asked.</summary>
    /// <param name="options">Valid.</param>
    /// <param name="logger">For the turns of its health.</param>
    /// <param name="time">For time-outs and pauses.</param>
    public static SqlUserDirectory Sqlite(SqlDirectoryOptions options, ILogger<SqlUserDirectory> logger, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new SqlUserDirectory(new SqliteDatabase(options, time), options, isSqlite: true, logger, time);
    }

    /// <inheritdoc/>
    public async ValueTask StartAsync(CancellationToken cancellationToken) => await _health.StartAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.IsVouched)
        {
            return await AnswerVouchedAsync(request, cancellationToken);
        }

        if (AddressName.Parse(request.AuthenticationId, _defaultDomain) is not { } name)
        {
            return await DecoyAsync(request, "not a name of the form user@domain", cancellationToken);
        }

        var (candidates, fault) = await FindAsync(name, request, isOwner: true, cancellationToken);
        if (fault is not null)
        {
            return Unavailable(fault.Text);
        }

        if (candidates.Count == 0)
        {
            return await DecoyAsync(request, $"{_queries.User.Name} finds nobody", cancellationToken);
        }

        if (request.Proof is { IsVerified: true })
        {
            return candidates.FirstOrDefault(candidate => candidate.IsForProtocol) is { } known
                ? await JudgeAsync(known, request, "certificate", cancellationToken)
                : new AuthenticationResult(AuthenticationOutcome.NotAuthorized, Detail: $"{candidates[0].User.Name} has no row for {request.Protocol}");
        }

        if (_queries.User.JudgesPassword && request.Proof is not null)
        {
            return new AuthenticationResult(AuthenticationOutcome.WrongPassword, Detail: StoredKeys.CannotJudge(_queries.User.Name));
        }

        if (_queries.User.JudgesPassword)
        {
            return candidates.FirstOrDefault(candidate => candidate is { IsForProtocol: true, Verdict: true }) is { } judged
                ? await JudgeAsync(judged, request, "the database's verdict", cancellationToken)
                : new AuthenticationResult(AuthenticationOutcome.WrongPassword, Detail: "the database's verdict");
        }

        return await CompareAsync(name, candidates, request, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<ChallengeResult> ChallengeAsync(ChallengeRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (_queries.User.JudgesPassword)
        {
            return StoredKeys.NotShown(_queries.User.Name);
        }

        if (AddressName.Parse(request.UserName, _defaultDomain) is not { } name)
        {
            return new ChallengeResult(ChallengeOutcome.NoSuchUser, Detail: "not a name of the form user@domain");
        }

        var arguments = new SqlArguments(name.ToString(), name.Local, name.Domain, request.Protocol, request.Client?.Address.ToString(), null);
        SqlAnswer answer = await AskAsync(_queries.User, arguments, cancellationToken);
        var (candidates, fault) = answer.Rows is { } rows ? SqlAnswers.Candidates(_queries.User, rows, request.Protocol) : ([], answer.Fault);
        if (fault is not null)
        {
            return new ChallengeResult(ChallengeOutcome.TemporarilyUnavailable, Detail: fault.Text);
        }

        return candidates.Count == 0
            ? new ChallengeResult(ChallengeOutcome.NoSuchUser, UserName: name.ToString(), Detail: $"{_queries.User.Name} finds nobody")
            : StoredKeys.Of(candidates.Where(candidate => candidate.IsForProtocol).Select(candidate => candidate.Hash).OfType<PasswordHash>(), request.Scheme, name.ToString());
    }

    /// <inheritdoc/>
    public async ValueTask<LookupResult> LookUpAsync(string address, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (AddressName.Parse(address, _defaultDomain) is not { } name)
        {
            // Without a domain of its own it cannot be somebody else's.
            return new LookupResult(address.Contains('@', StringComparison.Ordinal) ? LookupOutcome.NotOurDomain : LookupOutcome.NoSuchUser, [], "not an address");
        }

        // The address first: most are somebody's, and then one question is all.
        var result = await FindAsync(name, "", cancellationToken);
        if (result is null && name.WithoutDetail() is { } plain)
        {
            result = await FindAsync(plain, ", without its detail", cancellationToken);
        }

        if (result is not null)
        {
            return result;
        }

        SqlAnswer answer = await AskAsync(_queries.Domain, ArgumentsOf(name), cancellationToken);
        return answer.Rows is not { } rows
            ? new LookupResult(LookupOutcome.TemporarilyUnavailable, [], answer.Fault!.Text)
            : SqlAnswers.IsOurs(rows)
                ? new LookupResult(LookupOutcome.NoSuchUser, [], $"{_queries.Address.Name} finds nobody")
                : new LookupResult(LookupOutcome.NotOurDomain, [], $"{_queries.Domain.Name} does not find {name.Domain}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        await _health.DisposeAsync();
        await _database.DisposeAsync();
        await _checks.DisposeAsync();
    }

    private static AuthenticationResult Unavailable(string detail) => new(AuthenticationOutcome.TemporarilyUnavailable, Detail: detail);

    private static SqlArguments ArgumentsOf(AddressName name) => new(name.ToString(), name.Local, name.Domain);

    // As whoever is acted for by another: the row is asked for with no password. An expired password says nothing of a token.
    private async ValueTask<AuthenticationResult> AnswerVouchedAsync(AuthenticationRequest request, CancellationToken cancellationToken)
    {
        if (AddressName.Parse(request.AuthenticationId, _defaultDomain) is not { } name)
        {
            return new AuthenticationResult(AuthenticationOutcome.NoSuchUser, Detail: "not a name of the form user@domain");
        }

        var (candidates, fault) = await FindAsync(name, request, isOwner: false, cancellationToken);
        return fault is not null ? Unavailable(fault.Text)
            : candidates.Count == 0 ? new AuthenticationResult(AuthenticationOutcome.NoSuchUser, Detail: $"{_queries.User.Name} finds nobody")
            : new AuthenticationResult(candidates[0].IsDisabled ? AuthenticationOutcome.Disabled : AuthenticationOutcome.Authenticated, candidates[0].User, "vouched for");
    }

    private async ValueTask<LookupResult?> FindAsync(AddressName name, string how, CancellationToken cancellationToken)
    {
        SqlAnswer answer = await AskAsync(_queries.Address, ArgumentsOf(name), cancellationToken);
        var (users, fault) = answer.Rows is { } rows ? SqlAnswers.Users(_queries.Address, rows) : ([], answer.Fault);
        if (fault is not null)
        {
            return new LookupResult(LookupOutcome.TemporarilyUnavailable, [], fault.Text);
        }

        return users.Count switch
        {
            0 => null,
            1 when users[0].Name == name.ToString() => new LookupResult(LookupOutcome.Found, users, $"user{how}"),
            _ => new LookupResult(LookupOutcome.Found, users, $"alias of {users.Count} user(s){how}"),
        };
    }

    private async ValueTask<(IReadOnlyList<SqlCandidate> Candidates, SqlFault? Fault)> FindAsync(AddressName name, AuthenticationRequest request, bool isOwner, CancellationToken cancellationToken)
    {
        // The password in clear is a string only where the query wants it, and only the owner's is given.
        string? password = isOwner && request.Proof is null && _queries.User.JudgesPassword ? Encoding.UTF8.GetString(request.Secret.Octets.Span) : null;
        if (password?.Contains('\0', StringComparison.Ordinal) == true)
        {
            // RFC 4616 2 forbids NUL, and PostgreSQL knows no text with it: that is nobody's password, and no fault of the server's.
            return ([], null);
        }

        var arguments = new SqlArguments(name.ToString(), name.Local, name.Domain, request.Protocol, request.Client?.Address.ToString(), password);
        SqlAnswer answer = await AskAsync(_queries.User, arguments, cancellationToken);
        return answer.Rows is { } rows ? SqlAnswers.Candidates(_queries.User, rows, request.Protocol) : ([], answer.Fault);
    }

    private async ValueTask<AuthenticationResult> CompareAsync(AddressName name, IReadOnlyList<SqlCandidate> candidates, AuthenticationRequest request, CancellationToken cancellationToken)
    {
        bool hasCompared = false;
        foreach (SqlCandidate candidate in candidates.Where(candidate => candidate is { IsForProtocol: true, Hash: not null }))
        {
            hasCompared = true;
            _decoys.Learn(name.ToString(), candidate.Hash!);
            var (matches, trouble) = await MatchesAsync(candidate.Hash!, request, cancellationToken);
            if (trouble is not null)
            {
                return Unavailable(trouble);
            }

            if (matches)
            {
                string label = candidate.Label.Length > 0 ? $", application password '{candidate.Label}'" : "";
                return await JudgeAsync(candidate, request, $"{{{candidate.Hash!.Scheme}}}{label}", cancellationToken);
            }
        }

        if (candidates.FirstOrDefault(candidate => candidate is { IsForProtocol: true, Problem: not null }) is { } unreadable)
        {
            // It might have been this one: no verdict.
            return Unavailable($"the stored password of {unreadable.User.Name} {unreadable.Problem}");
        }

        if (!hasCompared)
        {
            AuthenticationResult decoy = await DecoyAsync(request, "", cancellationToken);
            return decoy.Outcome == AuthenticationOutcome.TemporarilyUnavailable
                ? decoy
                : new AuthenticationResult(AuthenticationOutcome.WrongPassword, Detail: $"{candidates[0].User.Name} has no password for {request.Protocol}");
        }

        return new AuthenticationResult(AuthenticationOutcome.WrongPassword, Detail: $"none of {candidates.Count} password(s) matches");
    }

    /// <summary>Nobody has the name: it takes the time that some user's wrong password takes. Where the database judges, its time is the operator's matter.</summary>
    private async ValueTask<AuthenticationResult> DecoyAsync(AuthenticationRequest request, string detail, CancellationToken cancellationToken)
    {
        if (!_queries.User.JudgesPassword && request.Proof is not { IsVerified: true })
        {
            var (_, trouble) = await MatchesAsync(_decoys.For(request.AuthenticationId), request, cancellationToken);
            if (trouble is not null)
            {
                return Unavailable(trouble);
            }
        }

        return new AuthenticationResult(AuthenticationOutcome.NoSuchUser, Detail: detail);
    }

    private async ValueTask<(bool Matches, string? Trouble)> MatchesAsync(PasswordHash hash, AuthenticationRequest request, CancellationToken cancellationToken)
    {
        try
        {
            bool? matches = await _checks.CompareAsync(hash, request, cancellationToken);
            return (matches == true, matches is null ? "too many passwords wait to be compared" : null);
        }
        catch (InvalidOperationException exception)
        {
            return (false, exception.Message);
        }
    }

    /// <summary>The password was right.</summary>
    private async ValueTask<AuthenticationResult> JudgeAsync(SqlCandidate owner, AuthenticationRequest request, string how, CancellationToken cancellationToken)
    {
        if (owner.IsDisabled || owner.IsExpired)
        {
            return new AuthenticationResult(owner.IsDisabled ? AuthenticationOutcome.Disabled : AuthenticationOutcome.Expired, owner.User, $"so marked in the database; {how}");
        }

        AddressName? wanted = request.AuthorizationId.Length == 0 ? null : AddressName.Parse(request.AuthorizationId, _defaultDomain);
        bool isSame = request.AuthorizationId.Length == 0
            || request.AuthorizationId.Equals(request.AuthenticationId, StringComparison.OrdinalIgnoreCase)
            || wanted?.ToString() == owner.User.Name;
        if (isSame)
        {
            return new AuthenticationResult(AuthenticationOutcome.Authenticated, owner.User, how);
        }

        // Whether there is such a user at all is told to nobody who may not act as them, nor asked.
        var refused = new AuthenticationResult(AuthenticationOutcome.NotAuthorized, Detail: $"{owner.User.Name} may not act as the user asked for");
        if (wanted is null || !owner.MayActAs.Contains(wanted.ToString()))
        {
            return refused;
        }

        var (others, fault) = await FindAsync(wanted, request, isOwner: false, cancellationToken);
        if (fault is not null)
        {
            return Unavailable(fault.Text);
        }

        if (others.Count == 0 || !owner.MayActAs.Contains(others[0].User.Name))
        {
            return refused;
        }

        return others[0].IsDisabled
            ? new AuthenticationResult(AuthenticationOutcome.Disabled, others[0].User, $"so marked in the database; asked by {owner.User.Name}")
            : new AuthenticationResult(AuthenticationOutcome.Authenticated, others[0].User, $"{how} of {owner.User.Name}, who may act as this user");
    }

    private async Task<SqlAnswer> AskAsync(SqlQuery query, SqlArguments arguments, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _disposed) == 1)
        {
            return SqlAnswer.Of(new SqlFault($"{_database.Name}: stopped"));
        }

        SqlAnswer answer = await _database.AskAsync(query, arguments, cancellationToken);
        _health.Report(answer.Fault);
        return answer;
    }

    /// <summary>All three queries about somebody who is nobody: servers, rights, tables and columns show.</summary>
    private async Task<SqlFault?> ProbeAsync(CancellationToken cancellationToken)
    {
        foreach (var (query, kind) in new[] { (_queries.User, SqlQueryKind.User), (_queries.Address, SqlQueryKind.Address), (_queries.Domain, SqlQueryKind.Domain) })
        {
            SqlAnswer answer = await _database.AskAsync(query, SqlArguments.Probe, cancellationToken);
            if ((answer.Fault ?? SqlAnswers.CheckColumns(query, kind, answer.Rows!)) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }
}
