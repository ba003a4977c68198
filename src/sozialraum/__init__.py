"""Social planning in space: areas, offers, people, access, gaps, maps and profiles."""

from sozialraum.access.capacity import check_capacity, split_capacity
from sozialraum.access.catchment import (
    aggregate_catchment,
    describe_catchment,
    measure_catchment,
    measure_demand,
    measure_share_outside,
)
from sozialraum.access.cells import build_grid
from sozialraum.access.coverage import aggregate_people, measure_coverage
from sozialraum.access.days_off import find_days_off
from sozialraum.access.gaps import find_gaps
from sozialraum.access.isochrones import measure_isochrones
from sozialraum.access.network import StraightLine, StreetNetwork, build_network
from sozialraum.access.openings import find_open, measure_hours_per_week, measure_open_coverage
from sozialraum.access.raam import measure_raam
from sozialraum.access.raster import TravelRaster, measure_travel_raster
from sozialraum.access.relief import measure_relief
from sozialraum.access.snap import measure_connection
from sozialraum.access.travel import find_nearest, measure_matrix, measure_nearest, measure_travel
from sozialraum.access.weekly import convert_hours, convert_week
from sozialraum.access.weights import Exponential, Gaussian, Logistic, Power, Steps
from sozialraum.demo import build_musterstadt, find_example
from sozialraum.errors import (
    CoverageError,
    CrsError,
    InputError,
    MissingPackageError,
    SecrecyError,
    SozialraumError,
    UnknownNameError,
)
from sozialraum.indicators.aggregate import aggregate_values, count_by_area
from sozialraum.indicators.coarser import Coarser, coarsen_classes
from sozialraum.indicators.complete import list_missing
from sozialraum.indicators.convert import convert_boundaries
from sozialraum.indicators.crosswalk import build_key
from sozialraum.indicators.demography import build_demography
from sozialraum.indicators.equity import (
    aggregate_funding,
    deflate_funding,
    measure_concentration,
    measure_gini,
    relate_funding,
    shift_budget,
    sum_funding,
)
from sozialraum.indicators.extract import Extract
from sozialraum.indicators.form import form_rates
from sozialraum.indicators.index import (
    build_index,
    build_indices,
    define_index,
    measure_loadings,
)
from sozialraum.indicators.joint_areas import merge_areas
from sozialraum.indicators.neighbours import (
    build_neighbours,
    measure_local_moran,
    measure_moran,
)
from sozialraum.indicators.offer_counts import list_offers_by
from sozialraum.indicators.plans import build_plan
from sozialraum.indicators.recipe import Recipe
from sozialraum.indicators.robustness import measure_robustness
from sozialraum.indicators.rounding import round_counts
from sozialraum.indicators.separation import measure_segregation, measure_spatial_gini
from sozialraum.indicators.series import compare_values, convert_series
from sozialraum.indicators.uncertainty import (
    compare_with_rest,
    measure_count_interval,
    measure_funnel,
    measure_intervals,
    measure_share_interval,
    smooth_rates,
    withhold_small_areas,
)
from sozialraum.model.areas import Level, assign_areas, dissolve_areas
from sozialraum.model.atlas import Atlas, build_atlas
from sozialraum.model.check import CheckReport, Finding
from sozialraum.model.indicator import Indicator
from sozialraum.model.names import group_areas, match_names
from sozialraum.model.passport import passport
from sozialraum.model.placing import place_offers
from sozialraum.model.register import check_register
from sozialraum.model.versions import AreaVersion
from sozialraum.planning.action import ActionRule, find_action
from sozialraum.planning.evidence import relate_needs
from sozialraum.planning.measures import settle_measures, show_measures
from sozialraum.planning.needs import settle_needs, summarise_needs
from sozialraum.planning.report import NeedsPlan, report_needs
from sozialraum.present.choropleth import plot_map
from sozialraum.present.clusters import plot_clusters, plot_moran
from sozialraum.present.equity_plots import plot_lorenz, plot_shift
from sozialraum.present.explore import explore
from sozialraum.present.extracts import write_extract
from sozialraum.present.folder import save_atlas
from sozialraum.present.geopackage import write_geopackage
from sozialraum.present.geotiff import write_travel_raster
from sozialraum.present.halbjahresbericht import write_halbjahresbericht
from sozialraum.present.measures import write_measures
from sozialraum.present.needs import write_needs
from sozialraum.present.notebook import (
    Shown,
    show_print_map,
    show_ressourcenkarte,
    show_sozialraumprofil,
)
from sozialraum.present.passports import write_passports
from sozialraum.present.plots import plot_bars, plot_lines, plot_pyramid
from sozialraum.present.print_map import write_print_map
from sozialraum.present.protocol import write_protocol
from sozialraum.present.reliability import plot_funnel, plot_intervals, plot_robustness
from sozialraum.present.ressourcenkarte import write_ressourcenkarte
from sozialraum.present.sozialraumprofil import write_sozialraumprofile
from sozialraum.present.tables import write_tables
from sozialraum.project.compare import compare, compare_folders
from sozialraum.project.earlier import read_earlier
from sozialraum.project.edited import EditedOffers, read_edited_offers, write_edited_offers
from sozialraum.project.job import make_edition, run
from sozialraum.project.published import read_published
from sozialraum.project.tables import read_atlas
from sozialraum.read.addresses import read_addresses
from sozialraum.read.areas import read_areas, read_backdrop
from sozialraum.read.contributions import read_contributions
from sozialraum.read.definitions import read_catalogue, read_indicators
from sozialraum.read.funding import read_funding
from sozialraum.read.keys import read_key
from sozialraum.read.measures import read_measures
from sozialraum.read.needs import read_needs
from sozialraum.read.offers import read_offers
from sozialraum.read.population import read_population
from sozialraum.read.recipes import find_recipe, read_recipes
from sozialraum.read.saved import read_saved_atlas
from sozialraum.read.street_names import read_street_names
from sozialraum.read.streets import read_street_modes, read_streets
from sozialraum.read.values import read_values
from sozialraum.secrecy.build import build_edition, build_editions
from sozialraum.secrecy.comparison import Comparison, compare_editions
from sozialraum.secrecy.edition import Edition, Head, Statement
from sozialraum.secrecy.published import Published, show_edition
from sozialraum.secrecy.rounding import round_values
from sozialraum.secrecy.rules import Dominance, Secrecy

__version__ = "0.1.0"

__all__ = [
    "ActionRule",
    "AreaVersion",
    "Atlas",
    "CheckReport",
    "Coarser",
    "Comparison",
    "CoverageError",
    "CrsError",
    "Dominance",
    "EditedOffers",
    "Edition",
    "Exponential",
    "Extract",
    "Finding",
    "Gaussian",
    "Head",
    "Indicator",
    "InputError",
    "Level",
    "Logistic",
    "MissingPackageError",
    "NeedsPlan",
    "Power",
    "Published",
    "Recipe",
    "Secrecy",
    "SecrecyError",
    "Shown",
    "SozialraumError",
    "Statement",
    "Steps",
    "StraightLine",
    "StreetNetwork",
    "TravelRaster",
    "UnknownNameError",
    "__version__",
    "aggregate_catchment",
    "aggregate_funding",
    "aggregate_people",
    "aggregate_values",
    "assign_areas",
    "build_atlas",
    "build_demography",
    "build_edition",
    "build_editions",
    "build_grid",
    "build_index",
    "build_indices",
    "build_key",
    "build_musterstadt",
    "build_neighbours",
    "build_network",
    "build_plan",
    "check_capacity",
    "check_register",
    "coarsen_classes",
    "compare",
    "compare_editions",
    "compare_folders",
    "compare_values",
    "compare_with_rest",
    "convert_boundaries",
    "convert_hours",
    "convert_series",
    "convert_week",
    "count_by_area",
    "define_index",
    "deflate_funding",
    "describe_catchment",
    "dissolve_areas",
    "explore",
    "find_action",
    "find_days_off",
    "find_example",
    "find_gaps",
    "find_nearest",
    "find_open",
    "find_recipe",
    "form_rates",
    "group_areas",
    "list_missing",
    "list_offers_by",
    "make_edition",
    "match_names",
    "measure_catchment",
    "measure_concentration",
    "measure_connection",
    "measure_count_interval",
    "measure_coverage",
    "measure_demand",
    "measure_funnel",
    "measure_gini",
    "measure_hours_per_week",
    "measure_intervals",
    "measure_isochrones",
    "measure_loadings",
    "measure_local_moran",
    "measure_matrix",
    "measure_moran",
    "measure_nearest",
    "measure_open_coverage",
    "measure_raam",
    "measure_relief",
    "measure_robustness",
    "measure_segregation",
    "measure_share_interval",
    "measure_share_outside",
    "measure_spatial_gini",
    "measure_travel",
    "measure_travel_raster",
    "merge_areas",
    "passport",
    "place_offers",
    "plot_bars",
    "plot_clusters",
    "plot_funnel",
    "plot_intervals",
    "plot_lines",
    "plot_lorenz",
    "plot_map",
    "plot_moran",
    "plot_pyramid",
    "plot_robustness",
    "plot_shift",
    "read_addresses",
    "read_areas",
    "read_atlas",
    "read_backdrop",
    "read_catalogue",
    "read_contributions",
    "read_earlier",
    "read_edited_offers",
    "read_funding",
    "read_indicators",
    "read_key",
    "read_measures",
    "read_needs",
    "read_offers",
    "read_population",
    "read_published",
    "read_recipes",
    "read_saved_atlas",
    "read_street_modes",
    "read_street_names",
    "read_streets",
    "read_values",
    "relate_funding",
    "relate_needs",
    "report_needs",
    "round_counts",
    "round_values",
    "run",
    "save_atlas",
    "settle_measures",
    "settle_needs",
    "shift_budget",
    "show_edition",
    "show_measures",
    "show_print_map",
    "show_ressourcenkarte",
    "show_sozialraumprofil",
    "smooth_rates",
    "split_capacity",
    "sum_funding",
    "summarise_needs",
    "withhold_small_areas",
    "write_edited_offers",
    "write_extract",
    "write_geopackage",
    "write_halbjahresbericht",
    "write_measures",
    "write_needs",
    "write_passports",
    "write_print_map",
    "write_protocol",
    "write_ressourcenkarte",
    "write_sozialraumprofile",
    "write_tables",
    "write_travel_raster",
]
