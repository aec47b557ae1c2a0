using System.Globalization;
using System.Net;
using MailProxy.Store.Access;
using MailProxy.Store.Engine.Files;
using MailProxy.Store.Http;
using MailProxy.Store.Moves;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailProxy.Store.KillTarget;

/// <summary>A store that takes part in moves until somebody kills it.</summary>
public static class MoveNodeProgram
{
    /// <summary>Serves, and says <c>port N</c> when it does.</summary>
    public static async Task RunAsync(string data, string id, int port)
    {
        await using FileStoreEngine engine = await FileStoreEngine.OpenAsync(
            new FileStoreOptions { Data = data }, new NoAnalyzer(), NullLogger.Instance, TimeProvider.System, CancellationToken.None);
        await using var moves = new StoreMoves(engine, new MoveOptions(), id, () => new HttpClient(), NullLogger.Instance, TimeProvider.System);
        await using var server = new StoreHttpServer(
            new IPEndPoint(IPAddress.Loopback, port), id, engine, new StoreAccess(new AccessOptions { AllowClearText = true }), null, NullLoggerFactory.Instance, moves);
        await server.StartAsync(CancellationToken.None);
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"port {server.Port}"));
        await Console.Out.FlushAsync();
        while (await Console.In.ReadLineAsync() is not null)
        {
            // Nobody says anything: the end of input is what is waited for.
        }
    }
}
