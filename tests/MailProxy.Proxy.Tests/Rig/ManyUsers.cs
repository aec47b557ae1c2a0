using MailProxy.Directory;

namespace MailProxy.Proxy.Tests.Rig;

/// <summary>As many users as wanted: <c>user-7@example.org</c> lives on the store whose number follows from it.</summary>
/// <param name="stores">How many there are: store-1, store-2 ...</param>
internal sealed class ManyUsers(int stores) : IUserDirectory
{
    public string? Unreadiness => null;

    /// <summary>The address of a user.</summary>
    public static string AddressOf(int number) => $"user-{number}@example.org";

    /// <summary>The number of a user's store, from 1.</summary>
    public int StoreOf(int number) => (number % stores) + 1;

    public ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellationToken) => throw new InvalidOperationException("Nobody logs in here.");

    public ValueTask<LookupResult> LookUpAsync(string address, CancellationToken cancellationToken)
    {
        var number = int.Parse(address.Split('-', '@')[1], System.Globalization.CultureInfo.InvariantCulture);
        return ValueTask.FromResult(new LookupResult(LookupOutcome.Found, [new DirectoryUser(address, $"store-{StoreOf(number)}", new Dictionary<string, string>())]));
    }
}
