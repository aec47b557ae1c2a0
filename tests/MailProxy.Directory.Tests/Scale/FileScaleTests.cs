using System.Diagnostics;
using System.Text.Json;
using MailProxy.Directory.File;
using MailProxy.Directory.Tests.File;
using Xunit;

namespace MailProxy.Directory.Tests.Scale;

/// <summary>The file provider at scale: loading, answering, loading anew.</summary>
public sealed class FileScaleTests
{
    [Fact]
    public async Task The_file_answers_at_scale()
    {
        ScaleSet.SkipUnlessAsked();
        using var folder = new TempFolder();
        string path = folder.File("users.json");
        Write(path, "store-1");
        ScaleSet.Tell($"file {new FileInfo(path).Length / 1_000_000} MB");
        long before = GC.GetTotalMemory(forceFullCollection: true);
        await using var directory = new FileUserDirectory(new FileDirectoryOptions { Path = path }, new RecordingLogger(), TimeProvider.System);
        var watch = Stopwatch.StartNew();
        await directory.StartAsync(CancellationToken.None);
        Assert.Null(directory.Unreadiness);
        ScaleSet.Tell($"loaded in {watch.Elapsed.TotalSeconds:0.0} s, peak of the process {Process.GetCurrentProcess().PeakWorkingSet64 / 1_000_000} MB");
        ScaleSet.Tell($"managed memory kept {(GC.GetTotalMemory(forceFullCollection: true) - before) / 1_000_000} MB");
        await ScaleSet.MeasureAsync(directory);

        Write(folder.File("new.json"), "store-2");
        long version = directory.Version;
        watch.Restart();
        System.IO.File.Move(folder.File("new.json"), path, overwrite: true);
        long slowest = 0;
        while (directory.Version == version)
        {
            // Whoever is asked about meanwhile is served by the version before.
            long start = Stopwatch.GetTimestamp();
            Assert.Equal(LookupOutcome.Found, (await directory.LookUpAsync(ScaleSet.Alias(77_777), default)).Outcome);
            slowest = Math.Max(slowest, Stopwatch.GetTimestamp() - start);
            await MailProxy.Testing.Beat.WaitAsync(1);
        }

        ScaleSet.Tell($"a new version served after {watch.Elapsed.TotalSeconds:0.0} s; slowest look-up meanwhile {Stopwatch.GetElapsedTime(0, slowest).TotalMilliseconds:0.0} ms; peak of the process {Process.GetCurrentProcess().PeakWorkingSet64 / 1_000_000} MB");
        Assert.Equal("store-2", Assert.Single((await directory.LookUpAsync(ScaleSet.Alias(77_777), default)).Users).Home);
    }

    // Every alias stands on its own, which is the dearer way: as aliases of users they would cost a name each.
    private static void Write(string path, string home)
    {
        using var stream = System.IO.File.Create(path);
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteStartArray("domains");
        for (int i = 0; i < ScaleSet.Domains; i++)
        {
            json.WriteStringValue(ScaleSet.Domain(i));
        }

        json.WriteEndArray();
        json.WriteStartArray("users");
        for (int i = 0; i < ScaleSet.Users; i++)
        {
            json.WriteStartObject();
            json.WriteString("name", ScaleSet.User(i));
            json.WriteString("password", "{PLAIN}" + ScaleSet.Password);
            json.WriteString("home", home);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("aliases");
        for (int i = 0; i < ScaleSet.Aliases; i++)
        {
            json.WriteStartArray(ScaleSet.Alias(i));
            json.WriteStringValue(ScaleSet.User(i % ScaleSet.Users));
            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
