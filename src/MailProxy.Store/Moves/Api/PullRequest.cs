namespace MailProxy.Store.Moves.Api;

/// <summary>Body of <c>POST /moves/users/{user}/pull</c>.</summary>
/// <param name="Move">Id of the move.</param>
/// <param name="From">Base address of the source store's HTTP listener: <c>https://store-1.example.org:8443</c>.</param>
public sealed record PullRequest(string Move, string From);
