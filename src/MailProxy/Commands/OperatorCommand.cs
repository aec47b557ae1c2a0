using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MailProxy.Cluster;
using MailProxy.Configuration;
using MailProxy.Routing.Consul;
using MailProxy.Transport.Tls;

namespace MailProxy.Commands;

/// <summary>What commands about the whole cluster share: the configuration, the way to the nodes, error texts and JSON.</summary>
internal static class OperatorCommand
{
    private static readonly JsonSerializerOptions JsonSettings = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },

        // Names of users are text; what would be dangerous in a web page is not here.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The option of every one of them.</summary>
    public static Option<bool> JsonOption() => new("--json") { Description = "JSON instead of text." };

    /// <summary>Loads the configuration, runs, and tells what went wrong in one sentence on standard error. Returns the exit code.</summary>
    public static async Task<int> RunAsync(string file, IReadOnlyList<string> overrides, Func<ProxyNodes, CancellationToken, Task<int>> run, CancellationToken stop)
    {
        try
        {
            using var nodes = new ProxyNodes(ConfigurationLoader.Load<ProxyConfig>(file, overrides));
            return await run(nodes, stop);
        }
        catch (ConsulException exception)
        {
            return await RefuseAsync($"Consul gives no answer: {exception.Message}");
        }
        catch (Exception exception) when (exception is InvalidConfigurationException or CertificateFileException)
        {
            return await RefuseAsync(exception.Message);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return await RefuseAsync("Interrupted.");
        }
    }

    /// <summary>One sentence on standard error; 1.</summary>
    public static async Task<int> RefuseAsync(string sentence)
    {
        await Console.Error.WriteLineAsync(sentence);
        return 1;
    }

    /// <summary>Why a question about proxies has no answer at all: none is listed, or none of this name.</summary>
    public static Task<int> NobodyAsync(string? node) => RefuseAsync(node is null
        ? "No live proxy is listed in Consul: none runs, or this token may not read mailproxy/proxies/."
        : $"No live proxy is called '{node}': mailproxy proxies lists those that there are.");

    /// <summary>Names those that did not answer, on standard error; 1 if there are any.</summary>
    public static async Task<int> TellUnansweredAsync<T>(IEnumerable<NodeAnswer<T>> answers)
        where T : class
    {
        var exit = 0;
        foreach (var answer in answers.Where(answer => answer.Problem is not null))
        {
            exit = await RefuseAsync($"{answer.Proxy.Node} does not answer, so this is not all: {answer.Problem}");
        }

        return exit;
    }

    /// <summary>Prints JSON on standard output.</summary>
    public static void WriteJson(object value) => Console.WriteLine(JsonSerializer.Serialize(value, JsonSettings));
}
