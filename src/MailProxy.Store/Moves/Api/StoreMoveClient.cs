using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace MailProxy.Store.Moves.Api;

/// <summary>
/// Asks one store for the steps of a move. Every step may be repeated: what is done already is answered as done.
/// Refusals and failures are <see cref="StoreMoveException"/>.
/// </summary>
/// <param name="http">With <see cref="HttpClient.BaseAddress"/> = the store's HTTPS listener, and a client certificate that the store trusts. The caller's.</param>
public sealed class StoreMoveClient(HttpClient http)
{
    private const string Newcomers = "/moves/newcomers";

    /// <summary>What the store does for the user.</summary>
    public Task<UserMoveState> GetAsync(string user, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, Path(user, ""), null, MoveJson.Default.UserMoveState, cancellationToken);

    /// <summary>Begins or renews a hold at the source. Ends the user's live sessions, and answers when they are over.</summary>
    public Task<UserMoveState> HoldAsync(string user, HoldRequest request, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Put, Path(user, "/hold"), JsonContent.Create(request, MoveJson.Default.HoldRequest), MoveJson.Default.UserMoveState, cancellationToken);

    /// <summary>Ends a hold: the source serves again.</summary>
    public Task<UserMoveState> ReleaseAsync(string user, string move, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, Path(user, "/hold", move), null, MoveJson.Default.UserMoveState, cancellationToken);

    /// <summary>Begins a pull at the target; poll <see cref="GetPullAsync"/>. One that runs already for this move is answered as it is.</summary>
    public Task<PullProgress> PullAsync(string user, PullRequest request, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, Path(user, "/pull"), JsonContent.Create(request, MoveJson.Default.PullRequest), MoveJson.Default.PullProgress, cancellationToken);

    /// <summary>How far the latest pull of the move is. With <paramref name="waitSeconds"/> the answer waits, up to 30 s, for the pull to end.</summary>
    public Task<PullProgress> GetPullAsync(string user, string move, int waitSeconds, CancellationToken cancellationToken) =>
        SendAsync(
            HttpMethod.Get,
            Path(user, "/pull", move) + string.Create(System.Globalization.CultureInfo.InvariantCulture, $"&wait={waitSeconds}"),
            null,
            MoveJson.Default.PullProgress,
            cancellationToken);

    /// <summary>Fences the user at the source, durably: it refers to the target from now on, and never serves the user again of itself.</summary>
    public Task<UserMoveState> FenceAsync(string user, FenceRequest request, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Put, Path(user, "/fence"), JsonContent.Create(request, MoveJson.Default.FenceRequest), MoveJson.Default.UserMoveState, cancellationToken);

    /// <summary>Takes the fence away: the source serves again. Only when the target was not activated, which the caller has to know.</summary>
    public Task<UserMoveState> UnfenceAsync(string user, string move, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, Path(user, "/fence", move), null, MoveJson.Default.UserMoveState, cancellationToken);

    /// <summary>Makes the staged copy the user's mail at the target, in one durable step.</summary>
    public Task<UserMoveState> ActivateAsync(string user, ActivateRequest request, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, Path(user, "/activate"), JsonContent.Create(request, MoveJson.Default.ActivateRequest), MoveJson.Default.UserMoveState, cancellationToken);

    /// <summary>Drops the staged copy at the target; stops its pull.</summary>
    public Task<UserMoveState> DropStagedAsync(string user, string move, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, Path(user, "/staged", move), null, MoveJson.Default.UserMoveState, cancellationToken);

    /// <summary>Removes the mail that a fenced user left behind. The fence stays.</summary>
    public Task<UserMoveState> PurgeLeftBehindAsync(string user, string move, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, Path(user, "/left-behind", move), null, MoveJson.Default.UserMoveState, cancellationToken);

    /// <summary>Who is served there, behind <paramref name="after"/> (empty: from the first on), <paramref name="limit"/> at the most.</summary>
    public Task<StoreUserPage> ListUsersAsync(string after, int limit, bool withSizes, CancellationToken cancellationToken) =>
        SendAsync(
            HttpMethod.Get,
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/moves/users?after={Uri.EscapeDataString(after)}&limit={limit}&sizes={withSizes}"),
            null,
            MoveJson.Default.StoreUserPage,
            cancellationToken);

    /// <summary>Puts off users who have never been there. On return the list holds everybody who was taken before.</summary>
    public Task<NewcomersState> CloseToNewcomersAsync(NewcomersRequest request, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Put, Newcomers, JsonContent.Create(request, MoveJson.Default.NewcomersRequest), MoveJson.Default.NewcomersState, cancellationToken);

    /// <summary>Takes them again.</summary>
    public Task<NewcomersState> OpenToNewcomersAsync(string move, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, $"{Newcomers}?move={Uri.EscapeDataString(move)}", null, MoveJson.Default.NewcomersState, cancellationToken);

    private static string Path(string user, string rest, string? move = null) =>
        $"/moves/users/{Uri.EscapeDataString(user)}{rest}{(move is null ? "" : "?move=" + Uri.EscapeDataString(move))}";

    private async Task<T> SendAsync<T>(HttpMethod method, string path, HttpContent? body, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            return response.IsSuccessStatusCode
                ? await response.Content.ReadFromJsonAsync(type, cancellationToken) ?? throw new StoreMoveException($"{http.BaseAddress} answered with nothing.")
                : throw new StoreMoveException(response.StatusCode, await ExplainAsync(response, cancellationToken));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new StoreMoveException($"The store at {http.BaseAddress} could not be asked: {exception.Message}", exception);
        }
    }

    private static async Task<string> ExplainAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType == "application/problem+json"
            && await response.Content.ReadFromJsonAsync(MoveJson.Default.MoveProblem, cancellationToken) is { Detail.Length: > 0 } problem)
        {
            return problem.Detail;
        }

        return (int)response.StatusCode switch
        {
            403 => "The store does not trust our certificate: name it in the store's Access:TrustedClients.",
            404 => "The store knows no moves: it is of an older version.",
            var status => $"The store answered {status}.",
        };
    }
}
