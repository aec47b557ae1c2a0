using System.CommandLine;
using System.Globalization;
using MailProxy.Configuration;

namespace MailProxy.Commands;

/// <summary>
/// <c>mailproxy user flush USER</c>: proxies forget what they keep of a user's directory answers, so that a changed password or a disabled account
/// counts at once. Sessions that live go on.
/// </summary>
internal static class UserFlushCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static Command Create()
    {
        var user = new Argument<string>("USER") { Description = "The canonical name, or an address." };
        var file = new Option<FileInfo?>("--config", "-c") { Description = "A proxy's configuration: its Http:Admin address is asked." };
        var admin = new Option<string[]>("--admin") { Description = "A proxy's admin address, ip:port or URL. Repeat for each proxy." };
        var command = new Command("flush", "Make proxies forget what they keep of a user, so that the directory is asked anew.") { user, file, admin };
        command.SetAction((parsed, stop) => FlushAsync(parsed.GetRequiredValue(user), parsed.GetValue(file), parsed.GetValue(admin) ?? [], stop));
        return command;
    }

    private static async Task<int> FlushAsync(string user, FileInfo? file, string[] admins, CancellationToken stop)
    {
        var targets = new List<Uri>();
        try
        {
            if (file is not null && ConfigurationLoader.Load<ProxyConfig>(file.FullName, []).Http.Admin is { Length: > 0 } own)
            {
                admins = [.. admins, own];
            }
        }
        catch (InvalidConfigurationException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }

        foreach (var text in admins)
        {
            if (!Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}", UriKind.Absolute, out var uri))
            {
                await Console.Error.WriteLineAsync($"'{text}' is no address: write ip:port.");
                return 2;
            }

            // Listening everywhere is reached here.
            targets.Add(uri.Host is "0.0.0.0" or "[::]" ? new UriBuilder(uri) { Host = "localhost" }.Uri : uri);
        }

        if (targets.Count == 0)
        {
            await Console.Error.WriteLineAsync("Say which proxies: --admin ip:port for each of them, or --config of one that has Http:Admin.");
            return 2;
        }

        using var client = new HttpClient { Timeout = Patience };
        var failed = 0;
        foreach (var target in targets)
        {
            failed += await FlushAsync(client, target, user, stop) ? 0 : 1;
        }

        return failed == 0 ? 0 : 1;
    }

    private static async Task<bool> FlushAsync(HttpClient client, Uri target, string user, CancellationToken stop)
    {
        try
        {
            using var response = await client.PostAsync(new Uri(target, $"/directory/forget?user={Uri.EscapeDataString(user)}"), null, stop);
            var text = (await response.Content.ReadAsStringAsync(stop)).Trim();
            if (response.IsSuccessStatusCode && int.TryParse(text, CultureInfo.InvariantCulture, out var forgotten))
            {
                Console.WriteLine($"{target.Authority}: {forgotten} kept answers about {user} forgotten.");
                return true;
            }

            await Console.Error.WriteLineAsync($"{target.Authority}: answered {(int)response.StatusCode} {text}. Is that a proxy's Http:Admin address?");
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync($"{target.Authority}: {exception.Message}");
        }

        return false;
    }
}
